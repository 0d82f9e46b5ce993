package maildrift.monitor.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** One Postfix instance with STARTTLS that takes mail for nobody. */
final class Postfix implements AutoCloseable {
  private final Server server;
  private final Path folder;
  private final Path config;

  /**
   * Starts it.
   *
   * @param folder a new one; everybody must be able to reach it, Postfix is several users
   * @param chain key, certificates and root in one PEM file
   */
  Postfix(Path folder, String name, String address, int port, Path chain) {
    this.folder = folder;
    config = folder.resolve("conf");
    server =
        start(
            folder,
            name,
            address,
            port,
            chain,
            """
            local_recipient_maps =
            smtputf8_enable = no
            smtpd_tls_security_level = may
            """,
            "");
  }

  /**
   * One that takes what it is told to.
   *
   * @param settings besides those that any needs
   * @param services that deliver
   */
  static Server start(
      Path folder,
      String name,
      String address,
      int port,
      Path chain,
      String settings,
      String services) {
    var config = folder.resolve("conf");
    var data = folder.resolve("data");
    var queue = folder.resolve("queue");
    try {
      Files.createDirectories(config);
      Files.createDirectories(data);
      Files.createDirectories(queue);
      Files.setOwner(
          data,
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postfix"));
      Files.setPosixFilePermissions(chain, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    // Postfix enumerates the interfaces and finds 127.0.0.1 alone; the address stands in master.cf.
    Nsd.write(
        config.resolve("main.cf"),
        """
        compatibility_level = 3.6
        queue_directory = %1$s
        data_directory = %2$s
        maillog_file_prefixes = %3$s
        maillog_file = %3$s/mail.log
        myhostname = %4$s
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mydestination =
        mynetworks =
        alias_maps =
        alias_database =
        smtpd_tls_chain_files = %5$s
        smtpd_peername_lookup = no
        """
                .formatted(queue, data, folder, name, chain)
            + settings);
    Nsd.write(
        config.resolve("master.cf"),
        """
        %s:%d inet n - n - - smtpd
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        proxymap unix - - n - - proxymap
        error unix - - n - - error
        anvil unix - - n - 1 anvil
        postlog unix-dgram n - n - 1 postlogd
        """
                .formatted(address, port)
            + services);
    if (!Files.isDirectory(queue, LinkOption.NOFOLLOW_LINKS)) {
      throw new IllegalStateException("no queue directory");
    }
    Programs.run(folder, "postfix", "-c", config.toString(), "check");
    return Server.start(folder, address, port, "postfix", "-c", config.toString(), "start-fg");
  }

  /** Connections that come later see these settings, e.g. {@code smtpd_banner = drifted}. */
  void set(String... settings) {
    for (var setting : settings) {
      Programs.run(folder, "postconf", "-c", config.toString(), "-e", setting);
    }
    Programs.run(folder, "postfix", "-c", config.toString(), "reload");
  }

  @Override
  public void close() {
    server.close();
  }
}
