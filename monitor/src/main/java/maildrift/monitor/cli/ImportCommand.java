package maildrift.monitor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.importing.ConfigText;
import maildrift.monitor.importing.DomainList;
import maildrift.monitor.wiring.Loading;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description = {
      "Configuration from a list of domains, on stdout.",
      "One domain a line; CSV with a header row (domain, tenant, profiles, forwarding_server, smarthost,"
          + " allowed_sending_servers, tls_level; comma or semicolon; several values of a cell with"
          + " blanks between), or a Postfix transport table: domain.tld smtp:[host]:port."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift import domains.csv > domains.d/imported.yaml",
      "  postmap -s /etc/postfix/transport | maildrift import -"
    })
final class ImportCommand implements Callable<Integer> {
  private static final int LARGEST = 64 << 20;
  private static final int MOST_SHOWN = 1000;

  @Parameters(paramLabel = "FILE", description = "The list; - reads stdin.")
  String file = "";

  @Option(
      names = "--from",
      paramLabel = "csv|names|transport",
      description = "How it is written (default: as its first line looks).")
  @Nullable String from;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Whose profiles, gateways, tenants and allowlists the list may name.")
  @Nullable Path config;

  @Option(names = "--sort", description = "By name; otherwise the list's order is kept.")
  boolean sort;

  @Option(
      names = "--keep-going",
      description = "Write the domains that are right although others are not.")
  boolean keepGoing;

  @Override
  public Integer call() {
    var form = form();
    var configuration = config == null ? MonitorConfig.DEFAULT : Configured.load(config);
    var shown = file.equals("-") ? "stdin" : file;
    var result = DomainList.read(shown, text(), form, Loading.besideTheDaemon(), configuration);
    result.problems().stream()
        .limit(MOST_SHOWN)
        .forEach(problem -> System.err.println(Terminal.safe(problem.toString())));
    if (result.problems().size() > MOST_SHOWN) {
      System.err.println(
          "maildrift: %d more problem%s"
              .formatted(
                  result.problems().size() - MOST_SHOWN,
                  result.problems().size() == MOST_SHOWN + 1 ? "" : "s"));
    }
    if (result.problems().isEmpty() && result.domains().isEmpty()) {
      System.err.println("maildrift: %s lists no domain".formatted(Terminal.safe(shown)));
    }
    if (result.problems().isEmpty() || keepGoing) {
      System.out.print(ConfigText.of(result.domains(), configuration, sort));
    } else {
      System.err.println(
          "maildrift: nothing is written; "
              + switch (result.domains().size()) {
                case 0 -> "no domain is right";
                case 1 -> "--keep-going writes the 1 domain that is right";
                default ->
                    "--keep-going writes the %d domains that are right"
                        .formatted(result.domains().size());
              });
    }
    return result.problems().isEmpty() ? Exit.OK : Exit.USAGE;
  }

  private Optional<DomainList.Form> form() {
    if (from == null) {
      return Optional.empty();
    }
    return switch (from) {
      case "csv" -> Optional.of(DomainList.Form.CSV);
      case "names" -> Optional.of(DomainList.Form.NAMES);
      case "transport" -> Optional.of(DomainList.Form.TRANSPORT);
      default -> throw new Failure("--from is csv, names or transport, not '" + from + "'");
    };
  }

  private String text() {
    try (var in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
      return decoded(in);
    } catch (IOException problem) {
      throw new Failure(Arguments.unreadable(file, problem));
    }
  }

  private String decoded(InputStream in) throws IOException {
    var octets = in.readNBytes(LARGEST + 1);
    if (octets.length > LARGEST) {
      throw new Failure("%s is larger than %d MiB".formatted(file, LARGEST >> 20));
    }
    var buffer = ByteBuffer.wrap(octets);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
    } catch (CharacterCodingException _) {
      throw new Failure(place(octets, buffer.position()) + ": not UTF-8");
    }
  }

  private String place(byte[] octets, int at) {
    var line = 1;
    var start = 0;
    for (var i = 0; i < at; i++) {
      if (octets[i] == '\n') {
        line++;
        start = i + 1;
      }
    }
    return "%s:%d:%d".formatted(file, line, at - start + 1);
  }
}
