"""Forms: their fields, and the rules for what users enter."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired, Email, EqualTo, Length, Regexp

from enrollment.rules import EMAIL, NAME, ONE_LINE, PASSWORD, strip

NOT_AN_EMAIL = "This is not an email address. Example: ana@example.edu."
LENGTH = "Use %(min)d to %(max)d characters."


def one_line(limits):
    """Return the validators for one line of text, with limits for its length."""
    return [Length(*limits, LENGTH), Regexp(ONE_LINE, message="Write it on one line.")]


class LoginForm(FlaskForm):
    """The form of the login page."""

    email = EmailField(
        "Email address",
        filters=[strip],
        validators=[DataRequired("Enter your email address.")],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        validators=[DataRequired("Enter your password.")],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField("Remember me on this device")
    submit = SubmitField("Log in")


class RegisterForm(FlaskForm):
    """The form of the registration page."""

    first_name = StringField(
        "First name",
        filters=[strip],
        validators=[DataRequired("Enter your first name."), *one_line(NAME)],
        render_kw={"autocomplete": "given-name"},
    )
    last_name = StringField(
        "Last name",
        filters=[strip],
        validators=[DataRequired("Enter your last name."), *one_line(NAME)],
        render_kw={"autocomplete": "family-name"},
    )
    email = EmailField(
        "Email address",
        filters=[strip],
        validators=[
            DataRequired("Enter your email address."),
            Email(NOT_AN_EMAIL),
            *one_line(EMAIL),
        ],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        description=f"At least {PASSWORD[0]} characters.",
        validators=[DataRequired("Choose a password."), Length(*PASSWORD, LENGTH)],
        render_kw={"autocomplete": "new-password"},
    )
    password_confirm = PasswordField(
        "Confirm password",
        validators=[
            DataRequired("Enter the password again."),
            EqualTo("password", message="The passwords do not match."),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField("Register")
