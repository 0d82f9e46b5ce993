package maildrift.probes.network;

import com.google.common.base.CharMatcher;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A list of networks as one kind of gateway takes it, ready to paste. Nothing comes of an empty
 * list, in any format: most gateways take an empty list to accept all.
 */
public enum Paste {
  /** One network a line, as published: SEPPmail's "Allowed sending servers for this domain". */
  SEPPMAIL("seppmail") {
    @Override
    Stream<String> lines(Heading heading, List<Cidr> networks) {
      return networks.stream().map(Cidr::toString);
    }
  },

  /** A {@code cidr:} table (cidr_table(5)), for {@code check_client_access} and the like. */
  POSTFIX("postfix") {
    @Override
    Stream<String> lines(Heading heading, List<Cidr> networks) {
      return Stream.concat(heading.comments(), networks.stream().map(network -> network + "\tOK"));
    }
  },

  /**
   * PowerShell for Exchange's receive connector. One line, so that no prompt is left hanging; it
   * replaces the connector's whole list.
   */
  EXCHANGE("exchange") {
    @Override
    Stream<String> lines(Heading heading, List<Cidr> networks) {
      return Stream.concat(
          Stream.concat(
              heading.comments(),
              Stream.of("# put in the connector's name; its list is replaced as a whole")),
          Stream.of(
              "Set-ReceiveConnector -Identity %s -RemoteIPRanges %s"
                  .formatted(
                      powerShell("SERVER\\Inbound from " + heading.source()),
                      networks.stream()
                          .map(network -> powerShell(network.toString()))
                          .collect(Collectors.joining(",")))));
    }
  },

  /**
   * A named set for each family, for {@code nft -f}; loading it again replaces what is in them.
   * Sets of intervals reject overlaps, so the networks are aggregated.
   */
  NFTABLES("nftables") {
    @Override
    Stream<String> lines(Heading heading, List<Cidr> networks) {
      var name = setName(heading.source());
      var all = NetworkSet.of(networks).networks();
      return Stream.of(
              heading.comments(),
              Stream.of(
                  "# in a rule: ip saddr @%1$s_v4 tcp dport 25 accept; ip6 saddr @%1$s_v6 likewise"
                      .formatted(name),
                  "add table inet maildrift"),
              set(name + "_v4", "ipv4_addr", all.stream().filter(Cidr::isIpv4).toList()),
              set(
                  name + "_v6",
                  "ipv6_addr",
                  all.stream().filter(network -> !network.isIpv4()).toList()))
          .flatMap(lines -> lines);
    }
  };

  /** Names of sets may be longer, but nobody writes such rules. */
  private static final int LONGEST_NAME = 60;

  private static final CharMatcher LETTERS =
      CharMatcher.inRange('a', 'z').or(CharMatcher.inRange('0', '9'));

  private final String word;

  Paste(String word) {
    this.word = word;
  }

  /** As it is called on the command line and in the API. */
  public String word() {
    return word;
  }

  public static Optional<Paste> of(String word) {
    return Stream.of(values()).filter(known -> known.word.equals(word)).findFirst();
  }

  /** For messages: {@code seppmail, postfix, exchange or nftables}. */
  public static String words() {
    return "%s, %s, %s or %s".formatted(SEPPMAIL.word, POSTFIX.word, EXCHANGE.word, NFTABLES.word);
  }

  /**
   * Where a list comes from. What comes from outside is made harmless here.
   *
   * @param source names, for people; what is named after the list is named so
   * @param published those of the sources that were asked; may be empty
   * @param at when they were
   * @param listed profiles that list networks themselves, which nobody asked: when the provider was
   *     last seen to list the same
   */
  public record Heading(
      String source, String published, Instant at, Map<String, Optional<LocalDate>> listed) {
    private static final int LONGEST = 200;

    public Heading {
      source = harmless(source);
      published = harmless(published);
      var harmless = new LinkedHashMap<String, Optional<LocalDate>>();
      listed.forEach((name, date) -> harmless.put(harmless(name), date));
      listed = Collections.unmodifiableMap(harmless);
    }

    /** Of what was asked alone. */
    public Heading(String source, Instant at) {
      this(source, source, at, Map.of());
    }

    /** Of sources, some of which may be lists of profiles. */
    public static Heading of(
        Collection<String> sources, Instant at, Map<String, Optional<LocalDate>> listed) {
      return new Heading(
          String.join(", ", sources),
          sources.stream()
              .filter(name -> !listed.containsKey(name))
              .collect(Collectors.joining(", ")),
          at,
          listed);
    }

    private static String harmless(String text) {
      return text.chars()
          .limit(LONGEST)
          .map(c -> c >= ' ' && c < 0x7f ? c : '?')
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
          .toString();
    }

    Stream<String> comments() {
      var asked =
          published.isEmpty()
              ? Stream.<String>of()
              : Stream.of(
                  "# %s, as published at %s"
                      .formatted(published, at.truncatedTo(ChronoUnit.SECONDS)));
      return Stream.concat(
          asked,
          listed.entrySet().stream()
              .map(
                  entry ->
                      "# %s, as listed by the profile%s"
                          .formatted(
                              entry.getKey(), entry.getValue().map(on -> ", " + on).orElse(""))));
    }
  }

  /**
   * The text, without a line break at its end; empty where there are no networks.
   *
   * @param networks as published; each address is listed once
   */
  public String text(Heading heading, Collection<Cidr> networks) {
    return networks.isEmpty()
        ? ""
        : lines(heading, Drift.between(networks, List.of()).paste())
            .collect(Collectors.joining("\n"));
  }

  abstract Stream<String> lines(Heading heading, List<Cidr> networks);

  private static Stream<String> set(String name, String type, List<Cidr> networks) {
    var definition =
        Stream.of(
            "add set inet maildrift %s { type %s; flags interval; }".formatted(name, type),
            "flush set inet maildrift " + name);
    return networks.isEmpty()
        ? definition
        : Stream.concat(
            definition,
            Stream.of(
                "add element inet maildrift %s { %s }"
                    .formatted(
                        name,
                        networks.stream().map(Cidr::toString).collect(Collectors.joining(", ")))));
  }

  /** An identifier; beside the letters, what was shortened is told apart by its hash. */
  private static String setName(String source) {
    var name = "md_" + LETTERS.negate().trimAndCollapseFrom(source.toLowerCase(Locale.ROOT), '_');
    return name.length() <= LONGEST_NAME
        ? name
        : name.substring(0, LONGEST_NAME - 9)
            + "_"
            + Hashing.sha256()
                .hashString(source, StandardCharsets.UTF_8)
                .toString()
                .substring(0, 8);
  }

  /** In double quotes, where PowerShell would otherwise put in variables and end the text. */
  private static String powerShell(String text) {
    return '"' + text.replace("`", "``").replace("$", "`$").replace("\"", "`\"") + '"';
  }
}
