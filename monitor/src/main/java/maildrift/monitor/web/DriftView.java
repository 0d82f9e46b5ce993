package maildrift.monitor.web;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.Paste;
import tools.jackson.databind.JsonNode;

/**
 * What netblock sources publish and allowlists accept, as the domains' last looks saw it: each
 * source and allowlist once, and each allowlist once with all that its sources publish together.
 */
record DriftView(List<Source> sources, List<Allowlist> allowlists) {

  /**
   * One source against one allowlist.
   *
   * @param facts as the netblocks probe tells them
   * @param seenAt when
   * @param domains that it concerns
   */
  record Source(JsonNode facts, Instant seenAt, List<String> domains) {
    String name() {
      return facts.path("name").asString("");
    }

    Optional<String> allowlist() {
      return Optional.of(facts.path("allowlistName").asString("")).filter(name -> !name.isEmpty());
    }

    boolean isSeen() {
      return facts.path("outcome").asString("").equals("observed");
    }

    List<Cidr> published() {
      return networks("published");
    }

    List<Cidr> networks(String kind) {
      return facts.path(kind).valueStream().map(text -> Cidr.parse(text.asString(""))).toList();
    }

    /** Nobody was asked for what a profile lists. */
    Map<String, Optional<LocalDate>> listed() {
      return facts.has("listedOn")
          ? Map.of(
              name(),
              Optional.of(facts.path("listedOn").asString(""))
                  .filter(date -> !date.isEmpty())
                  .map(LocalDate::parse))
          : Map.of();
    }

    String paste(Paste format) {
      return format.text(Paste.Heading.of(List.of(name()), seenAt, listed()), published());
    }
  }

  /**
   * What should be in one allowlist.
   *
   * @param published by all of its sources together; empty while one of them could not be seen: a
   *     list with holes must not be pasted
   * @param listed which of its sources are lists of profiles, and from when those are
   */
  record Allowlist(
      String name,
      Set<String> sources,
      Optional<List<Cidr>> published,
      Map<String, Optional<LocalDate>> listed,
      Instant seenAt,
      Set<String> domains) {

    Optional<String> paste(Paste format) {
      return published.map(
          networks -> format.text(Paste.Heading.of(sources, seenAt, listed), networks));
    }
  }

  /** Those that begin with one of these sources: each is with one part of all sources. */
  List<Allowlist> allowlistsOf(Collection<Source> some) {
    return allowlists.stream()
        .filter(
            list ->
                sources.stream()
                    .filter(source -> source.allowlist().filter(list.name()::equals).isPresent())
                    .findFirst()
                    .filter(some::contains)
                    .isPresent())
        .toList();
  }

  static DriftView of(Collection<DomainState> domains) {
    var facts = new TreeMap<String, JsonNode>();
    var at = new LinkedHashMap<String, Instant>();
    var concerned = new LinkedHashMap<String, List<String>>();
    for (var state : domains) {
      var probe = state.probes().get("netblocks");
      if (probe == null) {
        continue;
      }
      for (var source : CheckJson.mapper().readTree(probe.facts()).path("sources")) {
        var key =
            source.path("name").asString("") + " " + source.path("allowlistName").asString("");
        // The latest look counts; one that saw nothing counts for no more than it saw.
        var known = facts.get(key);
        if (known == null || !known.has("published") || source.has("published")) {
          if (known == null || !state.checkedAt().isBefore(at.getOrDefault(key, Instant.EPOCH))) {
            facts.put(key, source);
            at.put(key, state.checkedAt());
          }
        }
        concerned
            .computeIfAbsent(key, _ -> new ArrayList<>())
            .add(state.domain().name().toString());
      }
    }
    var sources = new ArrayList<Source>();
    facts.forEach(
        (key, source) ->
            sources.add(
                new Source(
                    source,
                    at.getOrDefault(key, Instant.EPOCH),
                    concerned.getOrDefault(key, List.of()))));
    return new DriftView(List.copyOf(sources), lists(sources));
  }

  private static List<Allowlist> lists(List<Source> sources) {
    var byList = new TreeMap<String, List<Source>>();
    sources.forEach(
        source ->
            source
                .allowlist()
                .ifPresent(
                    name -> byList.computeIfAbsent(name, _ -> new ArrayList<>()).add(source)));
    var lists = new ArrayList<Allowlist>();
    byList.forEach(
        (name, own) -> {
          var names = new LinkedHashSet<String>();
          var domains = new LinkedHashSet<String>();
          var published = new LinkedHashSet<Cidr>();
          var listed = new LinkedHashMap<String, Optional<LocalDate>>();
          var seenAt = Instant.EPOCH;
          for (var source : own) {
            names.add(source.name());
            domains.addAll(source.domains());
            published.addAll(source.published());
            listed.putAll(source.listed());
            seenAt = source.seenAt().isAfter(seenAt) ? source.seenAt() : seenAt;
          }
          lists.add(
              new Allowlist(
                  name,
                  names,
                  own.stream().allMatch(Source::isSeen)
                      ? Optional.of(List.copyOf(published))
                      : Optional.empty(),
                  listed,
                  seenAt,
                  domains));
        });
    return lists;
  }
}
