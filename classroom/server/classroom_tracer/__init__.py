"""Record what a server runs to respond to a request, if the request asks for it.

A server that serve() starts imports this package, as classroom_tracer, before its app:
see exit_with_parent.py. So it needs only the standard library, and Flask.
"""
