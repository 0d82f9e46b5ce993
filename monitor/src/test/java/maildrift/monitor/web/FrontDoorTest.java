package maildrift.monitor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.config.HostPort;
import maildrift.monitor.config.HttpConfig;
import org.junit.jupiter.api.Test;

class FrontDoorTest {
  private static HttpConfig at(int port) {
    return new HttpConfig(
        new HostPort("127.0.0.1", port),
        Optional.empty(),
        Set.of(),
        Map.of(),
        List.of(),
        Optional.empty(),
        false);
  }

  @Test
  void aPortInUseIsToldBeforeAnythingElseIsOpened() throws IOException {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var config = at(other.getLocalPort());

      assertThatThrownBy(() -> FrontDoor.open(config))
          .isInstanceOf(WebServer.CannotServe.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + other.getLocalPort());
    }
  }

  @Test
  void onlyReadinessIsDeniedBeforeTheDaemonIsReady() throws Exception {
    try (var door = FrontDoor.open(at(0));
        var client = HttpClient.newHttpClient()) {
      var port = door.web().serve(at(0));

      var ready = get(client, port, "/-/ready");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.headers().firstValue("Retry-After")).contains("1");
      assertThat(get(client, port, "/-/healthy").statusCode()).isEqualTo(200);

      var asked =
          client.sendAsync(request(port, "/api/v1/domains"), HttpResponse.BodyHandlers.ofString());
      assertThat(get(client, port, "/-/ready").statusCode()).isEqualTo(503);
      assertThat(asked).isNotDone();
      client.shutdownNow();
    }
  }

  private static HttpResponse<String> get(HttpClient client, int port, String path)
      throws IOException, InterruptedException {
    return client.send(request(port, path), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
  }
}
