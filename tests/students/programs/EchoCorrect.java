// ECHO: and the text, a thread for each client.
import java.io.*;
import java.net.*;
import java.nio.*;
import java.nio.charset.*;

public class EchoCorrect {
  public static void main(String[] arguments) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])), 5);
    while (true) {
      Socket client = server.accept();
      new Thread(() -> serve(client)).start();
    }
  }

  static void serve(Socket client) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .onUnmappableCharacter(CodingErrorAction.REPLACE);
    ByteBuffer bytes = ByteBuffer.allocate(1024 + 4);
    CharBuffer letters = CharBuffer.allocate(1024 + 4);
    try (client) {
      byte[] read = new byte[1024];
      int count;
      while ((count = client.getInputStream().read(read)) > 0) {
        bytes.put(read, 0, count);
        bytes.flip();
        decoder.decode(bytes, letters, false);
        bytes.compact();
        letters.flip();
        if (letters.hasRemaining()) {
          byte[] answer = ("ECHO: " + letters).getBytes(StandardCharsets.UTF_8);
          client.getOutputStream().write(answer);
        }
        letters.clear();
      }
    } catch (IOException exception) {
      System.out.println(exception);
    }
  }
}
