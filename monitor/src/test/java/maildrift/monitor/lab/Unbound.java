package maildrift.monitor.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Unbound, validating, the daemon's resolver; it can be stopped and started again. */
final class Unbound implements AutoCloseable {
  /** Names below it are never answered. */
  static final String SILENT = "silent.test";

  /** Names below it are refused. */
  static final String REFUSED = "refused.test";

  /** Names below it are in no zone, as far as NSD knows: Unbound answers SERVFAIL. */
  static final String FAILING = "failing.test";

  private final Path folder;
  private final Path config;
  private final int port = Server.freePort("127.0.0.1");
  private Optional<Server> server = Optional.empty();

  /** Everything outside the zones is asked of NSD as well, which refuses it: no Internet here. */
  Unbound(Path folder, Nsd nsd, List<String> zones) {
    this.folder = folder;
    config = folder.resolve("unbound.conf");
    var stubs =
        java.util.stream.Stream.concat(zones.stream(), java.util.stream.Stream.of("."))
            .map(
                zone ->
                    "stub-zone:\n  name: \"%s\"\n  stub-addr: 127.0.0.1@%d\n"
                        .formatted(zone, nsd.port()))
            .collect(Collectors.joining());
    Nsd.write(
        config,
        """
        server:
          interface: 127.0.0.1
          port: %d
          do-daemonize: no
          num-threads: 1
          username: ""
          chroot: ""
          directory: "%s"
          pidfile: ""
          use-syslog: no
          logfile: ""
          do-not-query-localhost: no
          module-config: "validator iterator"
          trust-anchor-file: "%s"
          cache-max-ttl: 1
          cache-max-negative-ttl: 1
          val-bogus-ttl: 1
          local-zone: "test." nodefault
          local-zone: "127.in-addr.arpa." nodefault
          local-zone: "%s." always_deny
          local-zone: "%s." always_refuse
        remote-control:
          control-enable: no
        """
                .formatted(port, folder, nsd.trustAnchor(), SILENT, REFUSED)
            + stubs);
    start();
  }

  String hostAndPort() {
    return "127.0.0.1:" + port;
  }

  void start() {
    server =
        Optional.of(
            Server.start(folder, "127.0.0.1", port, "unbound", "-d", "-c", config.toString()));
  }

  void stop() {
    server.ifPresent(Server::close);
    server = Optional.empty();
  }

  @Override
  public void close() {
    stop();
  }
}
