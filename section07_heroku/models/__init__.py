"""Models: stores, their items, and users; a module for each."""

from db import NameTaken, NoSuchStore
from models.item import ItemModel
from models.store import StoreModel
from models.user import UserModel

__all__ = ["ItemModel", "NameTaken", "NoSuchStore", "StoreModel", "UserModel"]
