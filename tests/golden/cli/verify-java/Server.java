class Server {}
