package maildrift.monitor.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.config.HttpConfig.Access;
import maildrift.monitor.config.HttpConfig.ApiToken;
import maildrift.monitor.config.MetricsConfig.Detail;
import maildrift.monitor.feed.M365Endpoints;
import maildrift.monitor.schedule.CronTimes;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.DnssecSettings;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.Trial;

/** Reads what concerns the daemon itself: dns, smtp, http, store, schedule, metrics. */
final class SettingsReader {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration TENTH = Duration.ofMillis(100);
  private static final Duration LONGEST_FETCH = Duration.ofMinutes(1);

  private static final int MOST_CONTROL_NAMES = 10;

  private final Reading reading;

  SettingsReader(Reading reading) {
    this.reading = reading;
  }

  DnsConfig dns(Section section) {
    var byDefault = DnsConfig.DEFAULT;
    var resolvers = servers(section, "resolvers");
    var confirmWith = servers(section, "confirm_with");
    var authoritative = new LinkedHashMap<DnsName, List<HostPort>>();
    var zones = section.section("authoritative");
    for (var zone : zones.entries()) {
      var name = DnsName.parse(zone.key());
      if (name.isEmpty()) {
        reading.problem(
            zone.place(), "'%s' is not the name of a zone".formatted(Words.shortened(zone.key())));
      }
      var servers = servers(zones, zone.key());
      if (servers.isEmpty() && zones.items(zone.key()).isEmpty()) {
        reading.problem(
            zone.place(), "the zone '%s' has no server".formatted(Words.shortened(zone.key())));
      }
      if (name.isPresent() && authoritative.put(name.get(), servers) != null) {
        reading.problem(zone.place(), "the zone '%s' is set twice".formatted(name.get()));
      }
    }
    var queries = section.whole("queries_per_second", 1, 1_000_000, byDefault.queriesPerSecond());
    var timeout = section.duration("timeout", TENTH, byDefault.timeout());
    var anchors = section.text("trust_anchor_file").map(file -> anchorsFrom(section, file));
    var trusted =
        section.parsed(
            "trusted_resolver", written -> HostPort.parseNameServer(written, DnsConfig.PORT));
    var controlNames = controlNames(section);
    section.end();
    return new DnsConfig(
        resolvers,
        confirmWith,
        authoritative,
        queries,
        timeout,
        byDefault.nothingElse(),
        anchors.orElse(byDefault.trustAnchors()),
        trusted,
        controlNames);
  }

  private List<DnsName> controlNames(Section section) {
    var names = new ArrayList<DnsName>();
    for (var text : section.texts("control_names")) {
      section
          .parse("control_names", text, Hosts::name)
          .ifPresent(
              name -> {
                if (names.contains(name)) {
                  reading.problem(
                      text.place(), "control_names: %s is listed twice".formatted(text.shown()));
                } else {
                  names.add(name);
                }
              });
    }
    if (names.size() > MOST_CONTROL_NAMES) {
      section.problem(
          "control_names",
          "control_names has %d names; %d are enough".formatted(names.size(), MOST_CONTROL_NAMES));
    }
    return names;
  }

  private List<String> anchorsFrom(Section section, Text file) {
    var source = file.place().source().sibling(file.value());
    return reading
        .file(source, file.place(), "trust_anchor_file", Reading.LARGEST_SECRET)
        .map(
            content -> {
              try {
                return DnssecSettings.DEFAULT.anchors(content).anchors();
              } catch (IllegalArgumentException wrong) {
                section.problem(
                    "trust_anchor_file",
                    "trust_anchor_file: %s: %s".formatted(file.shown(), wrong.getMessage()));
                return List.<String>of();
              }
            })
        .orElse(List.of());
  }

  private List<HostPort> servers(Section section, String key) {
    var servers = new ArrayList<HostPort>();
    for (var text : section.texts(key)) {
      var server =
          section.parse(key, text, written -> HostPort.parseNameServer(written, DnsConfig.PORT));
      if (server.isPresent() && servers.contains(server.get())) {
        reading.problem(text.place(), "%s: %s is listed twice".formatted(key, text.shown()));
      }
      server.ifPresent(servers::add);
    }
    return servers;
  }

  SmtpConfig smtp(Section section) {
    var byDefault = SmtpConfig.DEFAULT;
    var port = section.whole("port", 1, 65_535, byDefault.port());
    var helo = section.parsed("helo", Hosts::name);
    var allowPrivate = section.flag("allow_private", byDefault.allowPrivate());
    var timeout = section.duration("timeout", SECOND, byDefault.timeout());
    var activeProbes = new LinkedHashSet<Trial>();
    for (var text : section.texts("active_probes")) {
      section.parse("active_probes", text, SettingsReader::trial).ifPresent(activeProbes::add);
    }
    var oldTls = section.flag("old_tls", byDefault.oldTls());
    section.end();
    return new SmtpConfig(port, helo, allowPrivate, timeout, activeProbes, oldTls);
  }

  private static Trial trial(String written) {
    return Trial.of(written)
        .orElseThrow(
            () -> {
              var words = Trial.CHOSEN.stream().map(Trial::word).toList();
              return new IllegalArgumentException(
                  "'%s' is none of %s%s"
                      .formatted(
                          Words.shortened(written),
                          String.join(", ", words),
                          Words.hint(written, words)));
            });
  }

  /** The only feed there is. */
  FeedConfig feeds(Section section) {
    var byDefault = FeedConfig.DEFAULT;
    var feed = section.section(M365Endpoints.NAME);
    section.end();
    var enabled = feed.flag("enabled", byDefault.enabled());
    var allowPrivate = feed.flag("allow_private", byDefault.allowPrivate());
    var url = feed.parsed("url", written -> Urls.service(written, allowPrivate));
    var instance = feed.choice("instance", FeedConfig.Instance.values(), FeedConfig.Instance::word);
    var refresh = feed.duration("refresh", FeedConfig.LEAST_REFRESH, byDefault.refresh());
    var written = feed.text("file").flatMap(file -> endpoints(feed, file));
    if (feed.has("file") && feed.has("url")) {
      feed.problem("url", "m365-endpoints has file and url; keep one of them");
    }
    feed.end();
    return new FeedConfig(
        enabled,
        url.orElse(byDefault.url()),
        instance.orElse(byDefault.instance()),
        refresh,
        allowPrivate,
        written);
  }

  private Optional<List<Cidr>> endpoints(Section feed, Text file) {
    var source = file.place().source().sibling(file.value());
    return reading
        .file(source, file.place(), "file", Reading.LARGEST_LIST)
        .flatMap(
            content -> {
              try {
                return Optional.of(M365Endpoints.networks(content));
              } catch (M365Endpoints.Unreadable wrong) {
                feed.problem(
                    "file", "file: %s is not used: %s".formatted(file.shown(), wrong.getMessage()));
                return Optional.<List<Cidr>>empty();
              }
            });
  }

  HttpsConfig https(Section section) {
    var byDefault = HttpsConfig.DEFAULT;
    var port = section.whole("port", 1, 65_535, byDefault.port());
    var allowPrivate = section.flag("allow_private", byDefault.allowPrivate());
    var timeout = section.duration("timeout", SECOND, byDefault.timeout());
    if (timeout.compareTo(LONGEST_FETCH) > 0) {
      section.problem("timeout", "timeout must be at most 1m");
      timeout = byDefault.timeout();
    }
    section.end();
    return new HttpsConfig(port, allowPrivate, timeout);
  }

  /**
   * @param known the tenants there are
   */
  HttpConfig http(Section section, Set<String> known) {
    var byDefault = HttpConfig.DEFAULT;
    var written = section.text("listen");
    var listen = written.flatMap(text -> section.parse("listen", text, SettingsReader::listen));
    var web = section.text("web_config_file").flatMap(new WebConfigReader(reading)::read);
    var operators = operators(section, web);
    var limits = limits(section, web, known);
    var tokens = tokens(section, known);
    var externalUrl = section.parsed("external_url", Urls::web);
    var probeAnyTarget = section.flag("probe_any_target", byDefault.probeAnyTarget());
    section.end();
    var http =
        new HttpConfig(
            listen.orElse(byDefault.listen()),
            web,
            operators,
            limits,
            tokens,
            externalUrl,
            probeAnyTarget);
    var loginWasMeant = section.has("web_config_file") || !section.items("tokens").isEmpty();
    if (!http.listen().isLoopback()
        && !http.needsLogin()
        && !(loginWasMeant && (reading.hasProblems() || reading.hasUnseen()))) {
      section.problem(
          "listen",
          "listen: %s can be reached from other machines; set users (web_config_file) or tokens, or listen on 127.0.0.1"
              .formatted(written.map(Text::shown).orElse("")));
    }
    return http;
  }

  /** As Prometheus takes it: a port alone means every interface. */
  private static HostPort listen(String written) {
    return HostPort.parse(
        written.startsWith(":") ? "0.0.0.0" + written : written,
        HttpConfig.DEFAULT.listen().port());
  }

  private Set<String> operators(Section section, Optional<WebConfig> web) {
    var operators = new LinkedHashSet<String>();
    for (var text : section.texts("operators")) {
      isUser("operators", text, web);
      operators.add(text.value());
    }
    return operators;
  }

  private void isUser(String key, Text name, Optional<WebConfig> web) {
    if (web.isPresent() && !web.get().users().containsKey(name.value())) {
      reading.problem(
          name.place(),
          "%s: %s is not among basic_auth_users of the web_config_file%s"
              .formatted(key, name.shown(), Words.hint(name.value(), web.get().users().keySet())));
    }
  }

  /** {@code users: {alice: {tenants: [contoso]}}}. */
  private Map<String, Set<String>> limits(
      Section section, Optional<WebConfig> web, Set<String> known) {
    var limits = new LinkedHashMap<String, Set<String>>();
    for (var user : section.named("users")) {
      isUser("users", new Text(user.name(), user.name(), user.place()), web);
      tenants(user.section(), known).ifPresent(some -> limits.put(user.name(), some));
      user.section().end();
    }
    return limits;
  }

  /** Empty where nothing is written: no limit. A limit to nothing would be a slip. */
  private Optional<Set<String>> tenants(Section section, Set<String> known) {
    if (!section.has("tenants")) {
      return Optional.empty();
    }
    var tenants = new LinkedHashSet<String>();
    for (var text : section.texts("tenants")) {
      if (!known.contains(text.value())) {
        reading.problem(
            text.place(),
            "tenants: there is no tenant %s%s"
                .formatted(text.shown(), Words.hint(text.value(), known)));
      }
      tenants.add(text.value());
    }
    if (section.items("tenants").isEmpty()) {
      section.problem("tenants", "tenants names nobody; leave it out to see all tenants");
    }
    return Optional.of(Set.copyOf(tenants));
  }

  private List<ApiToken> tokens(Section section, Set<String> known) {
    var tokens = new ArrayList<ApiToken>();
    var names = new LinkedHashSet<String>();
    for (var item : section.sections("tokens")) {
      var name = item.required("name");
      var access = item.choice("role", Access.values(), Access::word).orElse(Access.VIEWER);
      var token = item.secret("token");
      if (!item.has("token") && !item.has("token_file")) {
        item.lacks("token_file");
      }
      var tenants = tenants(item, known);
      item.end();
      if (name.isPresent() && !names.add(name.get().value())) {
        reading.problem(
            name.get().place(), "the token %s is declared twice".formatted(name.get().shown()));
      }
      if (name.isPresent() && token.isPresent()) {
        if (token.get().reveal().length() < 16) {
          reading.warning(
              item.place(),
              "the token %s is shorter than 16 characters; make one with: openssl rand -hex 32"
                  .formatted(name.get().shown()));
        }
        tokens.add(new ApiToken(name.get().value(), token.get(), access, tenants));
      }
    }
    return tokens;
  }

  StoreConfig store(Section section) {
    var byDefault = StoreConfig.DEFAULT;
    var url = section.parsed("url", SettingsReader::jdbc);
    var username = section.text("username").map(Text::value);
    var password = section.secret("password");
    var keep = section.duration("keep", Duration.ofDays(1), byDefault.keep());
    var standby = section.flag("standby", byDefault.standby());
    var isWritten = section.has("backup");
    var backup = backup(section.section("backup"));
    section.end();
    var isPostgresql = url.filter(one -> one.startsWith("jdbc:postgresql:")).isPresent();
    if (standby && !isPostgresql && (url.isPresent() || !section.has("url"))) {
      reading.problem(
          section.placeOf("standby"),
          "standby needs a store on PostgreSQL; a file of H2 has no second one");
    }
    if (section.has("username") && url.filter(SettingsReader::hasUser).isPresent()) {
      // The driver would take the URL's without a word.
      reading.problem(
          section.placeOf("username"), "username and the URL's user= exclude each other; keep one");
    }
    if (isWritten && backup.enabled() && isPostgresql) {
      reading.warning(
          section.placeOf("backup"),
          "backup is for a store on H2; back a store on PostgreSQL up with pg_dump --format=custom");
    }
    return new StoreConfig(url.orElse(byDefault.url()), username, password, keep, standby, backup);
  }

  private static BackupConfig backup(Section section) {
    var byDefault = BackupConfig.DEFAULT;
    var enabled = section.flag("enabled", byDefault.enabled());
    var directory =
        section.text("directory").map(text -> text.place().source().sibling(text.value()).path());
    var zone =
        section.parsed("time_zone", TimeIntervalReader::zone).orElse(byDefault.times().zone());
    var times =
        section
            .parsed("cron", written -> new CronTimes(written, zone))
            .orElseGet(() -> new CronTimes(BackupConfig.CRON, zone));
    var keep = section.whole("keep", 1, 10_000, byDefault.keep());
    section.end();
    return new BackupConfig(enabled, directory, times, keep);
  }

  private static boolean hasUser(String url) {
    return url.startsWith("jdbc:postgresql:") && url.matches("[^?]*[?](.*&)?user=.*");
  }

  private static String jdbc(String written) {
    if (!written.startsWith("jdbc:h2:") && !written.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "'%s' is neither jdbc:h2:file:… nor jdbc:postgresql://…"
              .formatted(Words.shortened(written.split("[?;@]", 2)[0])));
    }
    var lower = written.toLowerCase(java.util.Locale.ROOT);
    if (lower.contains("password=") || lower.contains("sslpassword=")) {
      throw new IllegalArgumentException(
          "the URL holds a password; use password_file: FILE or password: ${env:NAME}");
    }
    return written;
  }

  ScheduleConfig schedule(Section section) {
    var byDefault = ScheduleConfig.DEFAULT;
    var interval = section.duration("interval", SECOND, byDefault.interval());
    var confirmAfter = section.duration("confirm_after", Duration.ZERO, byDefault.confirmAfter());
    var confirmations = section.whole("confirmations", 1, 100, byDefault.confirmations());
    var unobservableAfter =
        section.duration("unobservable_after", SECOND, byDefault.unobservableAfter());
    section.end();
    return new ScheduleConfig(interval, confirmAfter, confirmations, unobservableAfter);
  }

  MetricsConfig metrics(Section section) {
    var byDefault = MetricsConfig.DEFAULT;
    var detail = section.choice("detail", Detail.values(), Detail::word).orElse(byDefault.detail());
    var maxSeries = section.whole("max_series", 0, Integer.MAX_VALUE, byDefault.maxSeries());
    section.end();
    return new MetricsConfig(detail, maxSeries);
  }
}
