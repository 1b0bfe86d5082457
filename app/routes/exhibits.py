"""The routes of every exhibit, made from the table."""

from __future__ import annotations

from fastapi import APIRouter

from app.exhibits import EXHIBITS
from app.routes.exhibit_api import add_api
from app.routes.exhibit_pages import add_page


def routers() -> tuple[APIRouter, APIRouter]:
    """Return the pages' router and the API's."""
    pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["exhibits"])
    for exhibit in EXHIBITS.values():
        add_page(pages, exhibit)
        add_api(api, exhibit)
    return pages, api
