package maildrift.monitor.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * A real Postfix that takes mail for whomever over STARTTLS alone and puts it in a maildir, and
 * Python's mail parser that reads it back.
 */
final class Mailbox implements AutoCloseable {
  private final Path folder;
  private final Path mail;
  private final Path script;
  private final int port;
  private final Server server;

  /** One mail as Python understands it. */
  record Mail(
      List<List<String>> headers,
      String structure,
      String text,
      String html,
      List<String> defects,
      int longestLine,
      boolean bareHead) {
    String header(String name) {
      return headers.stream()
          .filter(header -> header.getFirst().equalsIgnoreCase(name))
          .map(List::getLast)
          .findFirst()
          .orElse("");
    }

    long count(String name) {
      return headers.stream().filter(header -> header.getFirst().equalsIgnoreCase(name)).count();
    }
  }

  /**
   * Starts it.
   *
   * @param folder a new one; everybody must be able to reach it, Postfix is several users
   * @param chain key, certificates and root in one PEM file
   */
  Mailbox(Path folder, String name, String address, Path chain) {
    this.folder = folder;
    port = Server.freePort(address);
    mail = folder.resolve("mail");
    script = folder.resolve("read_mail.py");
    try (var source = Mailbox.class.getResourceAsStream("read_mail.py")) {
      Files.copy(Objects.requireNonNull(source), script);
      Files.createDirectories(mail);
      Files.setOwner(
          mail,
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server =
        Postfix.start(
            folder,
            name,
            address,
            port,
            chain,
            """
            smtpd_relay_restrictions = permit_auth_destination, reject
            virtual_mailbox_domains = example.net
            virtual_mailbox_maps = static:noc/
            virtual_mailbox_base = %1$s
            virtual_uid_maps = static:%2$s
            virtual_gid_maps = static:%2$s
            virtual_minimum_uid = 1
            smtpd_tls_security_level = encrypt
            """
                .formatted(mail, Programs.run(folder, "id", "-u", "nobody").strip()),
            "virtual unix - n n - - virtual\n");
  }

  int port() {
    return port;
  }

  /** Waits until so many mails are there; the oldest first. */
  List<Mail> mails(int count) {
    var arrived = mail.resolve("noc/new");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              try (var files = Files.isDirectory(arrived) ? Files.list(arrived) : null) {
                return files != null && files.count() >= count;
              }
            });
    var mails = new ArrayList<Mail>();
    Web.parse(Programs.run(folder, "python3", script.toString(), arrived.toString()))
        .forEach(one -> mails.add(mail(one)));
    return mails;
  }

  private static Mail mail(JsonNode json) {
    var headers = new ArrayList<List<String>>();
    json.path("headers")
        .forEach(one -> headers.add(List.of(one.path(0).asString(), one.path(1).asString())));
    var defects = new ArrayList<String>();
    json.path("defects").forEach(one -> defects.add(one.asString()));
    return new Mail(
        headers,
        json.path("structure").asString(),
        json.path("parts").path("text/plain").asString(""),
        json.path("parts").path("text/html").asString(""),
        defects,
        json.path("longestLine").asInt(),
        json.path("bareHead").asBoolean());
  }

  /** What Postfix has logged. */
  String log() {
    return Nsd.read(folder.resolve("mail.log"));
  }

  @Override
  public void close() {
    server.close();
  }
}
