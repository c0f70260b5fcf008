from socket import *

serverName = "0.0.0.0" # Lyt på alle aktive netværker (på egen computer altså)
serverPort = 8888

serverSocket = socket(AF_INET, SOCK_DGRAM)
serverSocket.bind((serverName, serverPort))
print("The server is ready to receive!")

while True:
	message, clientAddress = serverSocket.recvfrom(2048)
	print("Received message: ", message)
	modifiedMessage = message.decode().upper()
	print("Modified message: ", modifiedMessage)
	serverSocket.sendto(modifiedMessage.encode(), clientAddress)
