package maildrift.monitor.importing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.config.Hosts;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Problem;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.config.Words;
import maildrift.monitor.importing.Entry.Trouble;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.network.Cidr;

/** A list of domains, checked as the configuration would be. */
public final class DomainList {
  private final ConfigLoader loader;
  private final MonitorConfig config;
  private final String file;
  private final List<Problem> problems = new ArrayList<>();
  private final Map<DnsName, Cell> first = new HashMap<>();

  private DomainList(ConfigLoader loader, MonitorConfig config, String file) {
    this.loader = loader;
    this.config = config;
    this.file = file;
  }

  /** How a list is written. */
  public enum Form {
    CSV,
    NAMES,
    TRANSPORT
  }

  /**
   * A domain to be written.
   *
   * @param allowlist the networks that its gateway accepts, or the name of a list that is declared
   *     already
   */
  public record Imported(
      DnsName name,
      Optional<String> tenant,
      List<ProfileUse> profiles,
      List<String> forwardingServers,
      List<String> smarthosts,
      Optional<Allowed> allowlist,
      Optional<TlsLevel> tlsLevel) {
    public Imported {
      profiles = List.copyOf(profiles);
      forwardingServers = List.copyOf(forwardingServers);
      smarthosts = List.copyOf(smarthosts);
    }
  }

  /** Who may send through a gateway. */
  public sealed interface Allowed {
    /** A list that the configuration declares. */
    record Named(String name) implements Allowed {}

    /** A list that is to be declared. */
    record Networks(List<Cidr> networks) implements Allowed {
      public Networks {
        networks = List.copyOf(networks);
      }
    }
  }

  /** What came of reading a list: nothing of it is lost, but what the problems name. */
  public record Result(List<Imported> domains, List<Problem> problems) {
    public Result {
      domains = List.copyOf(domains);
      problems = List.copyOf(problems);
    }
  }

  /**
   * Reads a list.
   *
   * @param file in messages
   * @param form empty: as the first line looks
   * @param config whose profiles, gateways and allowlists may be named
   */
  public static Result read(
      String file, String text, Optional<Form> form, ConfigLoader loader, MonitorConfig config) {
    return new DomainList(loader, config, file).read(plain(text), form);
  }

  private static String plain(String text) {
    var unmarked = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return unmarked.replace("\r\n", "\n").replace('\r', '\n');
  }

  private Result read(String text, Optional<Form> form) {
    var firstLine = text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    var as =
        form.orElseGet(
            () ->
                CsvList.isHeader(firstLine)
                    ? Form.CSV
                    : NamesList.isOne(text) ? Form.NAMES : Form.TRANSPORT);
    var read =
        switch (as) {
          case CSV -> CsvList.read(text);
          case NAMES -> NamesList.read(text);
          case TRANSPORT -> TransportList.read(text);
        };
    read.troubles().forEach(this::problem);
    var domains = new ArrayList<Imported>();
    if (read.troubles().stream().noneMatch(Trouble::fatal)) {
      read.entries().forEach(entry -> imported(entry).ifPresent(domains::add));
    }
    problems.sort(Comparator.naturalOrder());
    return new Result(domains, problems);
  }

  private void problem(Trouble trouble) {
    problems.add(new Problem(file, trouble.line(), trouble.column(), trouble.message()));
  }

  private void problem(Cell cell, String message) {
    problem(Trouble.at(cell, message));
  }

  /** All that is wrong with an entry is said, and nothing of it is used then. */
  private Optional<Imported> imported(Entry entry) {
    var before = problems.size();
    var name = name(entry.domain());
    var profiles = each(entry.profiles(), ProfileUse::parse);
    if (name.isPresent() && problems.size() == before && !profiles.isEmpty()) {
      var cell = entry.profiles().orElse(entry.domain());
      if (loader.adHoc(name.get(), profiles, config)
          instanceof ConfigLoader.DomainResult.Refused(var refused)) {
        refused.forEach(problem -> problem(cell, problem.message()));
      }
    }
    var forwarding = each(entry.forwardingServer(), DomainList::hop);
    var smarthosts = each(entry.smarthost(), DomainList::hop);
    var allowlist = entry.allowedSendingServers().flatMap(this::allowed);
    var level = entry.tlsLevel().flatMap(this::level);
    return name.filter(_ -> problems.size() == before)
        .map(
            known ->
                new Imported(
                    known,
                    entry.tenant().map(Cell::text),
                    profiles,
                    forwarding,
                    smarthosts,
                    allowlist,
                    level));
  }

  private Optional<DnsName> name(Cell cell) {
    var name = DnsName.parse(cell.text()).filter(DomainList::isDomain);
    if (name.isEmpty()) {
      problem(cell, "'%s' is not a domain name".formatted(CsvList.shown(cell.text())));
      return name;
    }
    var before = first.putIfAbsent(name.get(), cell);
    if (before != null) {
      problem(
          cell,
          "the domain '%s' is listed twice; first at %s:%d"
              .formatted(CsvList.shown(cell.text()), file, before.line()));
    }
    return name;
  }

  /** A host name of two labels at least: who lists domains of one label means something else. */
  private static boolean isDomain(DnsName name) {
    return name.labels().size() > 1 && Hosts.isHost(name);
  }

  private static String hop(String written) {
    return NextHop.parse(written).written();
  }

  /** Several stand in one cell with blanks or | between them. */
  private <T> List<T> each(Optional<Cell> cell, Function<String, T> parse) {
    var parsed = new ArrayList<T>();
    for (var word : words(cell.map(Cell::text).orElse(""))) {
      try {
        parsed.add(parse.apply(word));
      } catch (IllegalArgumentException wrong) {
        problem(cell.orElseThrow(), String.valueOf(wrong.getMessage()));
      }
    }
    return parsed;
  }

  private static Set<String> words(String text) {
    var words = new LinkedHashSet<String>();
    var word = new StringBuilder();
    for (var i = 0; i <= text.length(); i++) {
      var c = i < text.length() ? text.charAt(i) : ' ';
      if (!Character.isWhitespace(c) && c != '|') {
        word.append(c);
      } else if (!word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
    }
    return words;
  }

  private Optional<Allowed> allowed(Cell cell) {
    var words = words(cell.text().replace(',', ' ').replace(';', ' '));
    if (words.size() == 1 && config.allowlists().containsKey(words.iterator().next())) {
      return Optional.of(new Allowed.Named(words.iterator().next()));
    }
    var networks = new ArrayList<Cidr>();
    for (var word : words) {
      try {
        networks.add(Cidr.parse(word));
      } catch (IllegalArgumentException wrong) {
        problem(
            cell,
            wrong.getMessage()
                + (words.size() == 1 ? ", and no allowlist of --config has that name" : ""));
      }
    }
    return networks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Allowed.Networks(networks.stream().distinct().toList()));
  }

  private Optional<TlsLevel> level(Cell cell) {
    var word = cell.text().toLowerCase(java.util.Locale.ROOT);
    var level = TlsLevel.parse(word);
    if (level.isEmpty()) {
      var words = java.util.Arrays.stream(TlsLevel.values()).map(TlsLevel::word).toList();
      problem(
          cell,
          "unknown TLS level '%s'%s"
              .formatted(
                  CsvList.shown(cell.text()),
                  Words.near(word, words)
                      .map("; did you mean '%s'?"::formatted)
                      .orElse("; possible: " + String.join(", ", words))));
    }
    return level;
  }

  /** Each list of networks once, by the name under which it is declared. */
  static Map<List<Cidr>, String> allowlists(List<Imported> domains, Set<String> taken) {
    var names = new LinkedHashMap<List<Cidr>, String>();
    var used = new LinkedHashSet<>(taken);
    for (var domain : domains) {
      if (domain.allowlist().orElse(null) instanceof Allowed.Networks(var networks)
          && !names.containsKey(networks)) {
        var base = domain.name().toString().replace('.', '-');
        var name = base;
        for (var i = 2; !used.add(name); i++) {
          name = base + "-" + i;
        }
        names.put(networks, name);
      }
    }
    return names;
  }
}
