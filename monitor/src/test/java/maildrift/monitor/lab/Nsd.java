package maildrift.monitor.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** NSD, authoritative for the laboratory's zones, one of them signed by ldns-signzone. */
final class Nsd implements AutoCloseable {
  static final String SIGNED = "lab.test";

  private final Path folder;
  private final Path config;
  private final int port = Server.freePort("127.0.0.1");
  private final Server server;
  private final String zoneKey;
  private final String keyKey;
  private int serial = 1;

  Nsd(Path folder, List<String> zones) {
    this.folder = folder;
    keyKey = Programs.run(folder, "ldns-keygen", "-a", "ECDSAP256SHA256", "-k", SIGNED).strip();
    zoneKey = Programs.run(folder, "ldns-keygen", "-a", "ECDSAP256SHA256", SIGNED).strip();
    config = folder.resolve("nsd.conf");
    var listed =
        zones.stream()
            .map(zone -> "zone:\n  name: \"%s\"\n  zonefile: \"%s\"\n".formatted(zone, file(zone)))
            .collect(Collectors.joining());
    write(
        config,
        """
        server:
          ip-address: 127.0.0.1@%1$d
          username: ""
          chroot: ""
          database: ""
          zonesdir: "%2$s"
          pidfile: "%2$s/nsd.pid"
          xfrdfile: "%2$s/nsd.xfrd"
          xfrdir: "%2$s"
          zonelistfile: "%2$s/nsd.zones"
          server-count: 1
          rrl-ratelimit: 0
        remote-control:
          control-enable: yes
          control-interface: "%2$s/nsd.sock"
        """
                .formatted(port, folder)
            + listed);
    zones.forEach(zone -> zone(zone, ""));
    server = Server.start(folder, "127.0.0.1", port, "nsd", "-d", "-c", config.toString());
  }

  /** Where it is asked, as resolvers are written. */
  String hostAndPort() {
    return "127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  private Path file(String zone) {
    return folder.resolve(zone + (zone.equals(SIGNED) ? ".zone.signed" : ".zone"));
  }

  /** What the zone's key signs with, for a resolver to trust. */
  Path trustAnchor() {
    return folder.resolve(keyKey + ".key");
  }

  private void zone(String zone, String records) {
    write(
        folder.resolve(zone + ".zone"),
        """
        $ORIGIN %1$s.
        $TTL 1
        @ SOA ns hostmaster %2$d 3600 600 86400 1
        @ NS ns
        ns A 127.0.0.1
        """
                .formatted(zone, serial++)
            + records);
    if (zone.equals(SIGNED)) {
      Programs.run(
          folder,
          "ldns-signzone",
          "-n",
          "-t",
          "0",
          "-o",
          SIGNED,
          SIGNED + ".zone",
          zoneKey,
          keyKey);
    }
  }

  /** Publishes a zone's records (without SOA and NS), with a TTL of a second. */
  void publish(String zone, String records) {
    zone(zone, records);
    reload();
  }

  /** Changes a record in the signed zone behind the back of its signature. */
  void forge(String record, String forged) {
    var signed = file(SIGNED);
    var text = read(signed);
    if (!text.contains(record)) {
      throw new IllegalArgumentException(record + " is not in\n" + text);
    }
    write(signed, text.replace(record, forged));
    reload();
  }

  private void reload() {
    Programs.run(folder, "nsd-control", "-c", config.toString(), "reload");
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
