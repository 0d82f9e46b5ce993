package maildrift.monitor.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/** The other end: writes every id down and syncs before it answers, and is not killed. */
final class KillReceiver implements AutoCloseable {
  private final HttpServer server;
  private final FileChannel log;
  private final List<Delivery> deliveries = new ArrayList<>();

  /** One request, in the order of arrival. */
  record Delivery(String id, long number) {}

  KillReceiver(Path file) throws IOException {
    log = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::receive);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      var id = exchange.getRequestHeaders().getFirst("webhook-id");
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var number = Long.parseLong(body.substring(body.indexOf(':') + 1, body.indexOf(',')));
      record(new Delivery(id, number));
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private synchronized void record(Delivery delivery) throws IOException {
    log.write(
        ByteBuffer.wrap(
            (delivery.id() + " " + delivery.number() + "\n").getBytes(StandardCharsets.UTF_8)));
    log.force(false);
    deliveries.add(delivery);
  }

  synchronized List<Delivery> deliveries() {
    return List.copyOf(deliveries);
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    log.close();
  }
}
