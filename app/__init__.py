"""The web application: turns a request into one engine call and shows what came back.

No mathematics lives here; `engine` never imports from here.
"""
