"""Models: users, logins, lists of words, progress and mail; a module for each."""

from db import Missing, NameTaken, NoSuchUser
from models.login import LoginModel
from models.mail import MailModel
from models.progress import ProgressModel
from models.user import UserModel
from models.word import WordModel
from models.word_list import ListModel

__all__ = [
    "ListModel",
    "LoginModel",
    "MailModel",
    "Missing",
    "NameTaken",
    "NoSuchUser",
    "ProgressModel",
    "UserModel",
    "WordModel",
]
