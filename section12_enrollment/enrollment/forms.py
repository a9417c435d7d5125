"""Forms: their fields, and the rules for what users enter."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, StringField, SubmitField
from wtforms.validators import Email, EqualTo, InputRequired, Length, Regexp

from enrollment.rules import EMAIL, NAME, ONE_LINE, PASSWORD


def strip(value):
    """Remove the whitespace around what a user has entered."""
    return value.strip() if value else value


class LoginForm(FlaskForm):
    """The form of the login page."""

    email = EmailField(
        "Email address",
        filters=[strip],
        validators=[InputRequired("Enter your email address."), Length(max=EMAIL[1])],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        validators=[InputRequired("Enter your password."), Length(max=PASSWORD[1])],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField("Remember me on this device")
    submit = SubmitField("Log in")


def name_field(label, autocomplete):
    """Return a field for a part of a name."""
    return StringField(
        label,
        filters=[strip],
        validators=[
            InputRequired(f"Enter your {label.lower()}."),
            Length(*NAME),
            Regexp(ONE_LINE, message="A name is on one line."),
        ],
        render_kw={"autocomplete": autocomplete},
    )


class RegisterForm(FlaskForm):
    """The form of the registration page."""

    first_name = name_field("First name", "given-name")
    last_name = name_field("Last name", "family-name")
    email = EmailField(
        "Email address",
        filters=[strip],
        validators=[
            InputRequired("Enter your email address."),
            Length(*EMAIL),
            Email("This is not an email address. One looks like ana@example.edu."),
        ],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        description=f"At least {PASSWORD[0]} characters.",
        validators=[InputRequired("Choose a password."), Length(*PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )
    confirm = PasswordField(
        "Password again",
        validators=[
            InputRequired("Enter the password again."),
            EqualTo("password", message="The two passwords are not the same."),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField("Register")
