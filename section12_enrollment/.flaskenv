# python-dotenv reads this file when you run flask in this folder. It is public: secrets,
# such as the password in MONGO_URI, belong in the file .env, which git ignores.
FLASK_APP=app.py
FLASK_RUN_PORT=5000
