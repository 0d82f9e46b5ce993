package maildrift.monitor.lab;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Alertmanager, which keeps what it is told and tells nobody. */
final class Alertmanager implements AutoCloseable {
  static final String[] PROGRAMS = {"prometheus-alertmanager", "amtool"};

  private final Path folder;
  private final int port;
  private final Server server;

  Alertmanager(Path folder) {
    this(folder, Server.freePort("127.0.0.1"));
  }

  private Alertmanager(Path folder, int port) {
    this.folder = folder;
    this.port = port;
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
    return query("--active", matchers);
  }

  /** Those that match and are not over, silenced ones included. */
  List<String> known(String... matchers) {
    return Stream.concat(
            query("--active", matchers).stream(), query("--silenced", matchers).stream())
        .toList();
  }

  /** As {@code amtool alert query} finds them in this state. */
  List<String> query(String state, String... matchers) {
    var arguments =
        Stream.concat(Stream.of("--output=json", "alert", "query", state), Arrays.stream(matchers))
            .toArray(String[]::new);
    return Web.parse(amtool(arguments)).valueStream().map(Object::toString).toList();
  }

  /** What amtool says. */
  String amtool(String... arguments) {
    return Programs.run(
        folder,
        "amtool",
        Stream.concat(
                Stream.of("--alertmanager.url=http://" + hostAndPort()), Arrays.stream(arguments))
            .toArray(String[]::new));
  }

  /** Another one at the same address, which knows what this one has stored. */
  Alertmanager killedAndStartedAgain() {
    server.kill();
    return new Alertmanager(folder, port);
  }

  @Override
  public void close() {
    server.close();
  }
}
