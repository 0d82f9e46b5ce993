package maildrift.monitor.feed;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.network.Cidr;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The documents of Microsoft's web service for the addresses of Microsoft 365. Of its entries those
 * count that name TCP port 25: from there Exchange Online sends mail. Ids of entries are not stable
 * and are not looked at. Pure.
 */
public final class M365Endpoints {
  /** As profiles call the feed. */
  public static final String NAME = "m365-endpoints";

  private static final String SMTP = "25";
  private static final int MOST_ENTRIES = 10_000;

  /** More is no list of theirs. */
  public static final int MOST_NETWORKS = 10_000;

  private static final int LONGEST_VERSION = 40;

  private M365Endpoints() {}

  /** Thrown by nobody else: the document is not what the publisher describes. */
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String why) {
      super(why);
    }
  }

  /**
   * The latest version of an instance, from the answer to {@code /version}: one object for each
   * instance, or the one that was asked for.
   */
  public static String version(String document, String instance) throws Unreadable {
    var json = json(document);
    var versions = json.isArray() ? json.valueStream().toList() : List.of(json);
    for (var one : versions) {
      if (one.path("instance").asString("").equalsIgnoreCase(instance)) {
        var latest = one.path("latest").asString("");
        if (latest.isEmpty()
            || latest.length() > LONGEST_VERSION
            || !latest.chars().allMatch(c -> c >= '0' && c <= '9')) {
          throw new Unreadable("it names no latest version of " + instance);
        }
        return latest;
      }
    }
    throw new Unreadable("it does not know the instance " + instance);
  }

  /**
   * The networks of the entries for mail, from the answer to {@code /endpoints}, in their order.
   * Never empty: a list without any is no list.
   */
  public static List<Cidr> networks(String document) throws Unreadable {
    var json = json(document);
    if (!json.isArray()) {
      throw new Unreadable("it is no list of entries");
    }
    if (json.size() > MOST_ENTRIES) {
      throw new Unreadable("it has more than %d entries".formatted(MOST_ENTRIES));
    }
    var networks = new LinkedHashSet<Cidr>();
    for (var entry : json) {
      if (isForMail(entry)) {
        for (var written : entry.path("ips")) {
          networks.add(network(written));
          if (networks.size() > MOST_NETWORKS) {
            throw new Unreadable("it lists more than %d networks".formatted(MOST_NETWORKS));
          }
        }
      }
    }
    if (networks.isEmpty()) {
      throw new Unreadable("it lists no network with TCP port 25");
    }
    return List.copyOf(networks);
  }

  private static boolean isForMail(JsonNode entry) {
    return entry.path("serviceArea").asString("").equalsIgnoreCase("Exchange")
        && ports(entry.path("tcpPorts").asString("")).contains(SMTP);
  }

  private static Set<String> ports(String written) {
    var ports = new LinkedHashSet<String>();
    for (var at = 0; at <= written.length(); ) {
      var comma = written.indexOf(',', at);
      var end = comma < 0 ? written.length() : comma;
      ports.add(written.substring(at, end).strip());
      at = end + 1;
    }
    return ports;
  }

  private static Cidr network(JsonNode written) throws Unreadable {
    try {
      return Cidr.parse(written.asString(""));
    } catch (IllegalArgumentException _) {
      throw new Unreadable("it lists something that is no network");
    }
  }

  private static JsonNode json(String document) throws Unreadable {
    try {
      return Optional.ofNullable(CheckJson.mapper().readTree(document))
          .orElseThrow(() -> new Unreadable("it is empty"));
    } catch (JacksonException _) {
      throw new Unreadable("it is no JSON");
    }
  }
}
