// Reads letters of one byte and writes them as UTF-8.
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

public class EchoLatin1 {
  public static void main(String[] arguments) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])), 5);
    while (true) {
      Socket client = server.accept();
      new Thread(() -> {
        try {
          byte[] read = new byte[1024];
          int count;
          while ((count = client.getInputStream().read(read)) > 0) {
            String text = new String(read, 0, count, StandardCharsets.ISO_8859_1);
            client.getOutputStream().write(("ECHO: " + text).getBytes(StandardCharsets.UTF_8));
          }
          client.close();
        } catch (IOException exception) {
          System.out.println(exception);
        }
      }).start();
    }
  }
}
