"""What a network for photos reads of one: red, green and blue, less their mean, by their deviation."""

MEAN = (0.485, 0.456, 0.406)  # of ImageNet's photos, 0 to 1: red, green, blue; as torchvision's models have them
STD = (0.229, 0.224, 0.225)
