"""How the web is served, under ``make run`` and in a container. The command brings the address."""

worker_class = "gthread"  # pages wait for the database, so threads serve them
threads = 8
graceful_timeout = 3  # seconds for the requests under way when the web stops
control_socket_disable = True  # it would lie in the user's own folder, shared between checkouts
