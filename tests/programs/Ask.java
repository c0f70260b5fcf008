// The plainest client in Java: asks 8 bytes, takes the answer, closes.
import java.net.InetAddress;
import java.net.Socket;

public class Ask {
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.getOutputStream().write("question".getBytes("US-ASCII"));
      client.getInputStream().read(new byte[64]);
    }
  }
}
