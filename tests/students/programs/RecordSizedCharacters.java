// Says in the header how many characters follow, and sends as many bytes as they need.
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

public class RecordSizedCharacters {
  public static void main(String[] arguments) throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])), 50);
    while (true) {
      Socket client = server.accept();
      new Thread(() -> serve(client)).start();
    }
  }

  static void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      while (true) {
        int version = in.readUnsignedByte();
        int size = in.readInt();
        int order = in.readInt();
        if (size < 0 || size > 1 << 20) return;
        byte[] bytes = new byte[size];
        in.readFully(bytes);
        String text = new String(bytes, StandardCharsets.UTF_8);
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(reply);
        out.writeByte(version);
        out.writeInt(text.length());
        out.writeInt(order);
        out.write(text.getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().write(reply.toByteArray());
      }
    } catch (IOException exception) {
      // The client has gone.
    }
  }
}
