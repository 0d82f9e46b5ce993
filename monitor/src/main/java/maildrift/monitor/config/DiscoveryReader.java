package maildrift.monitor.config;

import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads where lists of domains are that somebody else keeps. */
final class DiscoveryReader {
  private final Reading reading;

  DiscoveryReader(Reading reading) {
    this.reading = reading;
  }

  /** By name; only one file may have the section. */
  Map<String, DiscoveryConfig> read(List<Section> roots) {
    var sources = new TreeMap<String, DiscoveryConfig>();
    for (var root : roots) {
      for (var named : root.named("discovery")) {
        source(named)
            .ifPresent(
                source -> {
                  if (sources.putIfAbsent(source.name(), source) != null) {
                    reading.problem(
                        named.place(),
                        "discovery '%s' is declared twice"
                            .formatted(Words.shortened(source.name())));
                  }
                });
      }
    }
    return sources;
  }

  private Optional<DiscoveryConfig> source(Section.Named named) {
    var section = named.section();
    var isWeb = section.has("url") || section.has("url_file");
    if (section.has("files") == isWeb) {
      reading.problem(
          section.has("files") ? section.placeOf("files") : named.place(),
          section.has("files")
              ? "discovery '%s' has files and url; keep one of them".formatted(named.name())
              : "discovery '%s' needs files, as Prometheus' file_sd, or url, as http_sd"
                  .formatted(named.name()));
    }
    var patterns = new ArrayList<DiscoveryConfig.Pattern>();
    section.oneOrMore("files").forEach(text -> pattern(text).ifPresent(patterns::add));
    var settings = new ReceiverSettings(reading, section, true, List.of());
    var allowPrivate = settings.flag(ReceiverSettings.ALLOW_PRIVATE, false);
    Optional<URI> url = settings.url("url");
    var credentials = settings.credentials();
    var refresh =
        section.duration(
            "refresh_interval",
            DiscoveryConfig.LEAST_REFRESH,
            isWeb ? DiscoveryConfig.URL_REFRESH : DiscoveryConfig.FILES_REFRESH);
    var allowEmpty = section.flag("allow_empty", false);
    section.end();
    if (section.has("files") == isWeb || (isWeb && url.isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(
        new DiscoveryConfig(
            named.name(),
            url.<DiscoveryConfig.Source>map(
                    to -> new DiscoveryConfig.Url(to, allowPrivate, credentials))
                .orElseGet(() -> new DiscoveryConfig.Files(patterns)),
            refresh,
            allowEmpty));
  }

  /** A file that is not there yet is no mistake: whoever writes it may start later. */
  private Optional<DiscoveryConfig.Pattern> pattern(Text written) {
    var slash = written.value().lastIndexOf('/');
    var name = written.value().substring(slash + 1);
    var folder =
        written.place().source().sibling(slash < 0 ? "." : written.value().substring(0, slash + 1));
    if (!name.matches("[^*]*[*]?[^*]*[.](json|yml|yaml)")
        || written.value().substring(0, slash + 1).contains("*")) {
      reading.problem(
          written.place(),
          "files: %s must end in .json, .yml or .yaml, with at most one * in its last part"
              .formatted(written.shown()));
      return Optional.empty();
    }
    if (!Files.isDirectory(folder.path())) {
      reading.problem(
          written.place(), "files: %s: there is no such folder".formatted(written.shown()));
      return Optional.empty();
    }
    return Optional.of(new DiscoveryConfig.Pattern(written.value(), folder.path(), name));
  }
}
