// The plainest server in Go: one connection to its end.
package main

import (
	"io"
	"net"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		os.Exit(9)
	}
	connection, err := listener.Accept()
	if err != nil {
		os.Exit(9)
	}
	data := make([]byte, 64)
	for {
		size, err := connection.Read(data)
		if err == io.EOF {
			break
		}
		connection.Write(data[:size])
	}
	connection.Close()
	listener.Close()
}
