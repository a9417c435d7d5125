from classroom import serve, serve_https

serve("07", workers=1, unix_socket=True)
site = serve_https("09", "07")
