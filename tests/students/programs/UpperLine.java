// Reads a line and answers with one, as the textbook's server does: no sentence ends with "\n"
// here.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

public class UpperLine {
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[1]);
    ServerSocket server = new ServerSocket(port, 20, InetAddress.getByName(arguments[0]));
    while (true) {
      Socket client = server.accept();
      new Thread(() -> serve(client)).start();
    }
  }

  private static void serve(Socket client) {
    try (client) {
      BufferedReader in = new BufferedReader(
          new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
      String line = in.readLine();
      if (line == null) return;
      client.getOutputStream().write((line.toUpperCase() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (Exception error) {
      System.err.println(error);
    }
  }
}
