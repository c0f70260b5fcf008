from socket import *

serverName = "0.0.0.0"
serverPort = 8888

serverSocket = socket(AF_INET,SOCK_STREAM)
serverSocket.bind((serverName,serverPort))
serverSocket.listen(1)
print("The server is ready to receive")

while True:
	connectionSocket, addr = serverSocket.accept()
	sentence = connectionSocket.recv(1024).decode()
	print("Received message: ", sentence)
	capitalizedSentence = sentence.upper()
	connectionSocket.send(capitalizedSentence.encode())
	print("Sent message: ", capitalizedSentence)
	connectionSocket.close()
