"""Models: stores, their items, users and logins; a module for each."""

from db import NameTaken, NoSuchStore, NoSuchUser
from models.item import ItemModel
from models.login import LoginModel
from models.store import StoreModel
from models.user import UserModel

__all__ = [
    "ItemModel",
    "LoginModel",
    "NameTaken",
    "NoSuchStore",
    "NoSuchUser",
    "StoreModel",
    "UserModel",
]
