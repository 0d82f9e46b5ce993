package maildrift.probes.autosetup;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import maildrift.probes.dns.DnsName;

/**
 * A configuration for mail programs (draft-ietf-mailmaint-autoconfig, version 1.1): the servers it
 * names. Nothing is resolved or fetched: no DTD, no entities.
 */
record ClientConfig(List<Server> servers) {
  private static final int MAX_SERVERS = 32;
  private static final int MAX_DEPTH = 50;
  private static final int MAX_TEXT = 300;

  ClientConfig {
    servers = List.copyOf(servers);
  }

  /** How a server is talked to. */
  enum Socket {
    SSL,
    STARTTLS,
    PLAIN,
    OTHER;

    static Socket of(String written) {
      return switch (written.toLowerCase(Locale.ROOT)) {
        case "ssl", "tls" -> SSL;
        case "starttls" -> STARTTLS;
        case "plain" -> PLAIN;
        default -> OTHER;
      };
    }
  }

  /**
   * One server.
   *
   * @param type in lower case, e.g. {@code imap}
   * @param host empty where it depends on the mailbox
   * @param port 0 where none could be read
   */
  record Server(String type, Optional<DnsName> host, int port, Socket socket) {}

  /** What came of reading one. */
  sealed interface Result {
    record Good(ClientConfig config) implements Result {}

    /**
     * It is none.
     *
     * @param why half a sentence
     */
    record Bad(String why) implements Result {}
  }

  /**
   * Reads one.
   *
   * @param document one char an octet
   * @param domain for which it was asked, in the place of {@code %EMAILDOMAIN%}
   */
  static Result parse(String document, DnsName domain) {
    try {
      var factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      var reader =
          factory.createXMLStreamReader(
              new ByteArrayInputStream(document.getBytes(StandardCharsets.ISO_8859_1)));
      return new Walk(domain).read(reader);
    } catch (XMLStreamException | RuntimeException _) {
      // RuntimeException: whatever the parser trips over in a stranger's octets is his, not ours.
      return new Result.Bad("it is no well-formed XML");
    }
  }

  /** One reading, from top to bottom. */
  private static final class Walk {
    private final DnsName domain;
    private final List<Server> servers = new ArrayList<>();
    private final List<String> path = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private String type = "";
    private String host = "";
    private String port = "";
    private String socket = "";
    private boolean isConfig;

    Walk(DnsName domain) {
      this.domain = domain;
    }

    Result read(XMLStreamReader reader) throws XMLStreamException {
      while (reader.hasNext()) {
        switch (reader.next()) {
          case XMLStreamConstants.START_ELEMENT -> {
            path.add(reader.getLocalName());
            text.setLength(0);
            if (path.size() > MAX_DEPTH) {
              return new Result.Bad("it is nested too deeply");
            }
            isConfig |= path.size() == 1 && path.getFirst().equals("clientConfig");
            if (isServer()) {
              var written = reader.getAttributeValue(null, "type");
              type = written == null ? "" : written.strip().toLowerCase(Locale.ROOT);
              host = "";
              port = "";
              socket = "";
            }
          }
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
            if (text.length() < MAX_TEXT) {
              text.append(reader.getText());
            }
          }
          case XMLStreamConstants.END_ELEMENT -> end();
          default -> {}
        }
      }
      return isConfig
          ? servers.isEmpty()
              ? new Result.Bad("it names no server")
              : new Result.Good(new ClientConfig(servers))
          : new Result.Bad("it is no clientConfig");
    }

    /** {@code clientConfig/emailProvider/incomingServer} or {@code outgoingServer}. */
    private boolean isServer() {
      return path.size() == 3
          && path.get(1).equals("emailProvider")
          && (path.get(2).equals("incomingServer") || path.get(2).equals("outgoingServer"));
    }

    private void end() {
      var value = text.toString().strip();
      text.setLength(0);
      if (isServer() && servers.size() < MAX_SERVERS) {
        servers.add(new Server(type, name(), number(), Socket.of(socket)));
      } else if (path.size() == 4) {
        switch (path.getLast()) {
          case "hostname" -> host = value;
          case "port" -> port = value;
          case "socketType" -> socket = value;
          default -> {}
        }
      }
      path.removeLast();
    }

    private Optional<DnsName> name() {
      var written = host.replace("%EMAILDOMAIN%", domain.toString());
      return written.isEmpty() || written.indexOf('%') >= 0 || written.length() > 253
          ? Optional.empty()
          : DnsName.parse(written).filter(name -> name.labels().size() > 1);
    }

    private int number() {
      return !port.isEmpty()
              && port.length() <= 5
              && port.chars().allMatch(c -> c >= '0' && c <= '9')
              && Integer.parseInt(port) <= 65_535
          ? Integer.parseInt(port)
          : 0;
    }
  }
}
