package maildrift.monitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** The schema is written by hand, and so is the reader; here they are held together. */
final class ConfigSchemaTest {
  private static final JsonNode SCHEMA = JsonMapper.shared().readTree(ConfigSchema.text());

  private static final Schema COMPILED =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(ConfigSchema.text());

  @TempDir private Path folder;

  @Test
  void theSchemaHasExactlyTheKeysThatTheReaderAsksFor() {
    var sandbox = Everything.in(folder);
    var asked = new TreeMap<>(sandbox.loader().keys(sandbox.path("maildrift.yml")));
    asked.keySet().removeIf(where -> where.startsWith("web_config_file:"));

    var written = new TreeMap<String, Set<String>>();
    collect(SCHEMA, "", written);
    // Names that the operator chooses are no keys of ours.
    asked.keySet().retainAll(withoutChosenNames(asked.keySet(), written.keySet()));

    assertThat(written).isEqualTo(asked);
  }

  private static Set<String> withoutChosenNames(Set<String> asked, Set<String> written) {
    var kept = new TreeSet<>(asked);
    kept.removeIf(where -> !written.contains(where) && isMapOfNames(where));
    return kept;
  }

  private static boolean isMapOfNames(String where) {
    var last = where.substring(where.lastIndexOf('.') + 1);
    return Set.of(
            "authoritative",
            "labels",
            "severities",
            "match",
            "pins",
            "headers",
            "header_files",
            "senders")
        .contains(last);
  }

  private static void collect(JsonNode schema, String where, Map<String, Set<String>> written) {
    var node = resolved(schema);
    for (var alternative : node.path("anyOf")) {
      collect(alternative, where, written);
    }
    if (node.has("properties")) {
      var keys = written.computeIfAbsent(where, _ -> new TreeSet<>());
      for (var property : node.path("properties").properties()) {
        keys.add(property.getKey());
        collect(
            property.getValue(),
            where.isEmpty() ? property.getKey() : where + "." + property.getKey(),
            written);
      }
    }
    if (node.has("items")) {
      collect(node.path("items"), where + "[]", written);
    }
    if (node.path("additionalProperties").isObject() && !node.has("properties")) {
      collect(node.path("additionalProperties"), where + ".*", written);
    }
  }

  private static JsonNode resolved(JsonNode schema) {
    var reference = schema.path("$ref").asString("");
    return reference.startsWith("#/$defs/")
        ? SCHEMA.path("$defs").path(reference.substring("#/$defs/".length()))
        : schema;
  }

  @Test
  void everyPropertyHasATitleAndADescription() {
    var bare = new ArrayList<String>();
    describe(SCHEMA, "", bare);

    assertThat(bare).isEmpty();
  }

  private static void describe(JsonNode node, String where, List<String> bare) {
    for (var property : node.path("properties").properties()) {
      var at = where + "/" + property.getKey();
      if (property.getValue().path("title").asString("").isBlank()
          || property.getValue().path("description").asString("").isBlank()) {
        bare.add(at);
      }
    }
    for (var child : node.properties()) {
      if (child.getValue().isObject()) {
        describe(child.getValue(), where + "/" + child.getKey(), bare);
      } else if (child.getValue().isArray()) {
        child.getValue().forEach(item -> describe(item, where + "/" + child.getKey(), bare));
      }
    }
  }

  @Test
  void unknownKeysAreRefusedWhereverKeysAreOurs() {
    var open = new ArrayList<String>();
    closed(SCHEMA, "", open);

    assertThat(open).containsExactly("/$defs/profileUse/anyOf");
  }

  private static void closed(JsonNode node, String where, List<String> open) {
    if (node.has("properties")
        && !node.path("additionalProperties").equals(JsonNodeFactory.instance.booleanNode(false))) {
      open.add(where);
    }
    for (var child : node.properties()) {
      if (child.getValue().isObject()) {
        closed(child.getValue(), where + "/" + child.getKey(), open);
      } else if (child.getValue().isArray()) {
        child.getValue().forEach(item -> closed(item, where + "/" + child.getKey(), open));
      }
    }
  }

  @Test
  void whatTheReaderTakesIsValid() {
    assertThat(errors(Everything.YAML)).isEmpty();
    assertThat(errors(ConfigExample.text())).isEmpty();
    assertThat(errors("")).isEmpty();
    assertThat(errors("domains:\nalerts:\n  receivers:\n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "schedule: {intervall: 5m}",
        "schedule: {interval: 300}",
        "schedule: {interval: 30 seconds}",
        "schedule: {confirmations: 0}",
        "schedule: {confirmations: '2'}",
        "schedule: 5m",
        "smtp: {allow_private: yes}",
        "smtp: {port: 70000}",
        "dns: {resolvers: 127.0.0.1}",
        "dns: {authoritative: {lab.test: []}}",
        "http: {tokens: [{name: ci, token: written-down}]}",
        "http: {tokens: [{name: ci, token_file: a, role: admin}]}",
        "store: {url: 'jdbc:mysql://db/maildrift'}",
        "store: {password: hunter2}",
        "allowlists: {gw: {double_run: 30d}}",
        "allowlists: {gw: {networks: [], file: a}}",
        "domains: [{tenant: contoso}]",
        "domains: [{name: a.test, tls_level: securee}]",
        "domains: [{name: a.test, profiles: mimecast}]",
        "domains: [{name: a.test, profiles: [{name: mimecast, role: inbuond}]}]",
        "domains: [{name: a.test, expect: {dmarc: {policy: quarantaine}}}]",
        "domains: [{name: a.test, waive: [{rule: spf.lookups}]}]",
        "domains: [{name: a.test, dkim: [{expect: a}]}]",
        "domains: [{name: a.test, dkim: [{selector: s, expect: a, expect_file: b}]}]",
        "gateways: {gw1: {addresses: [192.0.2.1]}}",
        "gateways: {gw1: {host: gw.test, builtin_mta: on}}",
        "gateways: {gw1: {host: gw.test, relay_networks: 192.0.2.0/24}}",
        "domains: [{name: a.test, mode: in-line}]",
        "domains: [{name: a.test, tls_levels: {mxx: verify}}]",
        "domains: [{name: a.test, tls_levels: {mx: strict}}]",
        "domains: [{name: a.test, pins: [a]}]",
        "domains: [{name: a.test, connectors: [{name: c}]}]",
        "domains: [{name: a.test, connectors: [{name: c, direction: inbound}]}]",
        "maintenance: [{domains: [a.test], from: 2026-12-01T20:00:00Z}]",
        "severities: {spf.lookups: critcal}",
        "tenants: {contoso: {labels: {my-team: blue}}}",
        "alerts: {groupBy: [cause]}",
        "alerts: {receivers: {a: {}}}",
        "alerts: {receivers: {a: {slak: {url: 'https://a.test'}}}}",
        "alerts: {receivers: {a: {slack: {}}}}",
        "alerts: {receivers: {a: {pagerduty: {routing_key: hunter2}}}}",
        "alerts: {receivers: {a: {ntfy: {url: 'https://a.test'}}}}",
        "alerts: {receivers: {a: {webhook: {url: 'https://a.test', secret: hunter2}}}}",
        "alerts: {receivers: {a: {webhook: {}}}}",
        "alerts: {receivers: {a: {mail: {to: [a@b.test]}}}}",
        "alerts: {receivers: {a: {webhook: {url: 'http://127.0.0.1'}}}, routes: [{match: {}}]}",
        "metrics: {detail: medium}",
        "metrics: {max_series: -1}",
        "baseline: always",
      })
  void whatTheReaderRefusesForItsShapeIsInvalid(String yaml) {
    assertThat(new Sandbox(folder).problems(yaml)).isNotEmpty();
    assertThat(errors(yaml)).isNotEmpty();
  }

  private static List<String> errors(String yaml) {
    var problems = new ArrayList<Problem>();
    var source = new Place.Source("test", Path.of("test"));
    var json =
        Yaml.read(source, yaml, problems::add)
            .map(ConfigSchemaTest::json)
            .orElseGet(JsonNodeFactory.instance::nullNode);
    assertThat(problems).isEmpty();
    return COMPILED.validate(json).stream().map(Object::toString).toList();
  }

  /** What an editor's YAML parser makes of it. */
  private static JsonNode json(Node node) {
    var make = JsonNodeFactory.instance;
    return switch (node) {
      case Node.Mapping mapping -> {
        var object = make.objectNode();
        mapping.entries().forEach(entry -> object.set(entry.key(), json(entry.value())));
        yield object;
      }
      case Node.Sequence sequence -> {
        var array = make.arrayNode();
        sequence.items().forEach(item -> array.add(json(item)));
        yield array;
      }
      case Node.Scalar scalar ->
          switch (scalar.kind()) {
            case TEXT -> make.stringNode(scalar.text());
            case WHOLE -> make.numberNode(Long.parseLong(scalar.text()));
            case FRACTION -> make.numberNode(Double.parseDouble(scalar.text()));
            case FLAG -> make.booleanNode(Boolean.parseBoolean(scalar.text()));
            case EMPTY -> make.nullNode();
          };
    };
  }
}
