package maildrift.monitor.lab;

import java.nio.file.Path;
import java.util.List;

/** Alertmanager, which keeps what it is told and tells nobody. */
final class Alertmanager implements AutoCloseable {
  static final String[] PROGRAMS = {"prometheus-alertmanager", "amtool"};

  private final Path folder;
  private final int port = Server.freePort("127.0.0.1");
  private final Server server;

  Alertmanager(Path folder) {
    this.folder = folder;
    var config = folder.resolve("alertmanager.yml");
    Nsd.write(config, "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n");
    server =
        Server.start(
            folder,
            "127.0.0.1",
            port,
            "prometheus-alertmanager",
            "--config.file=" + config,
            "--storage.path=" + folder.resolve("data"),
            "--web.listen-address=" + hostAndPort(),
            "--cluster.listen-address=");
  }

  String hostAndPort() {
    return "127.0.0.1:" + port;
  }

  /** The active alerts that match, one text each, as {@code amtool alert query} finds them. */
  List<String> active(String... matchers) {
    var arguments =
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(
                    "--alertmanager.url=http://" + hostAndPort(),
                    "--output=json",
                    "alert",
                    "query",
                    "--active"),
                java.util.Arrays.stream(matchers))
            .toArray(String[]::new);
    return Web.parse(Programs.run(folder, "amtool", arguments))
        .valueStream()
        .map(Object::toString)
        .toList();
  }

  @Override
  public void close() {
    server.close();
  }
}
