// The plainest server in Java: one connection to its end.
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

public class Echo {
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    try (ServerSocket listener = new ServerSocket(port, 5, InetAddress.getLoopbackAddress());
        Socket connection = listener.accept()) {
      byte[] data = new byte[64];
      for (int size; (size = connection.getInputStream().read(data)) > 0; ) {
        connection.getOutputStream().write(data, 0, size);
      }
    }
  }
}
