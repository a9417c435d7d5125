"""The pages for registration, login and logout, and the account page."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required

from enrollment.forms import LoginForm, RegisterForm
from enrollment.models import EmailTaken, User
from enrollment.redirects import safe_path
from enrollment.sessions import end_session, start_session

blp = Blueprint("accounts", __name__)


@blp.route("/register", methods=["GET", "POST"])
def register():
    """Show the registration form, and add a user."""
    # Without request.form, Flask-WTF would also read JSON, whose values can be numbers.
    form = RegisterForm(request.form)
    status = 200
    if form.validate_on_submit():
        names = {"first_name": form.first_name.data, "last_name": form.last_name.data}
        try:
            user = User.add(form.email.data, form.password.data, **names)
        except EmailTaken:
            form.email.errors = ["This email address is already registered."]
            status = 409
        else:
            flash(f"Welcome, {user.first_name}. You can log in now.", "success")
            return redirect(url_for("accounts.login"))
    elif form.is_submitted():
        status = 422
    return render_template("accounts/register.html", form=form), status


@blp.route("/login", methods=["GET", "POST"])
def login():
    """Show the login form, and log a user in."""
    target = safe_path(request.args.get("next"), url_for("pages.index"))
    if current_user.is_authenticated:
        return redirect(target)
    form = LoginForm(request.form)
    status = 200
    if form.validate_on_submit():
        user = User.find_by_login(form.email.data, form.password.data)
        if user is not None:
            start_session(user, remember=form.remember.data)
            flash(f"You are logged in, {user.first_name}.", "success")
            return redirect(target)
        form.form_errors.append("The email address or the password is wrong.")
    if form.errors:
        status = 422
    return render_template("accounts/login.html", form=form), status


@blp.post("/logout")
def logout():
    """Log the user out."""
    end_session()
    flash("You are logged out.", "success")
    return redirect(url_for("pages.index"))


@blp.get("/user")
@login_required
def user():
    """Show the current user's own account."""
    return render_template("accounts/user.html")
