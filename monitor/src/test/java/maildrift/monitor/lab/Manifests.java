package maildrift.monitor.lab;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.fabric8.kubernetes.api.model.AnyType;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What Kubernetes and the Prometheus Operator would say of manifests, from the classes that are
 * generated from their schemas: no field that there is not, no field of another type, none missing.
 */
final class Manifests {
  private interface Schema {
    void validate(JsonElement manifest) throws IOException;
  }

  private record Kind(String apiVersion, Class<?> model, Schema schema) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("v1", ConfigMap.class, V1ConfigMap::validateJsonElement),
          new Kind("v1", Service.class, V1Service::validateJsonElement),
          new Kind("apps/v1", StatefulSet.class, V1StatefulSet::validateJsonElement),
          new Kind(
              "networking.k8s.io/v1", NetworkPolicy.class, V1NetworkPolicy::validateJsonElement),
          // Resources of the operator: their models know fields and types, not what must be there.
          new Kind("monitoring.coreos.com/v1", ServiceMonitor.class, _ -> {}),
          new Kind("monitoring.coreos.com/v1", PrometheusRule.class, _ -> {}));

  private Manifests() {}

  /** All documents of a stream; empty ones, as templates leave them, are passed over. */
  static List<Map<?, ?>> read(String yaml) {
    var load = new Load(LoadSettings.builder().setCodePointLimit(8_000_000).build());
    return StreamSupport.stream(load.loadAllFromString(yaml).spliterator(), false)
        .filter(Objects::nonNull)
        .<Map<?, ?>>map(document -> (Map<?, ?>) document)
        .toList();
  }

  /** Everything that is wrong, each with its path. */
  static List<String> wrong(Map<?, ?> manifest) {
    var kind =
        KINDS.stream()
            .filter(one -> one.model().getSimpleName().equals(manifest.get("kind")))
            .filter(one -> one.apiVersion().equals(manifest.get("apiVersion")))
            .findFirst();
    if (kind.isEmpty()) {
      return List.of(
          "no kind %s in %s".formatted(manifest.get("kind"), manifest.get("apiVersion")));
    }
    var wrong = new ArrayList<String>();
    object(kind.get().model(), manifest, kind.get().model().getSimpleName(), wrong);
    try {
      kind.get().schema().validate(new Gson().toJsonTree(manifest));
    } catch (IllegalArgumentException | IOException e) {
      wrong.add(String.valueOf(e.getMessage()));
    }
    return List.copyOf(wrong);
  }

  private static void object(Class<?> model, Map<?, ?> seen, String path, List<String> wrong) {
    seen.forEach(
        (name, value) ->
            field(model, name.toString())
                .ifPresentOrElse(
                    field -> value(field.getGenericType(), value, path + "." + name, wrong),
                    () -> wrong.add("%s has no field %s".formatted(path, name))));
  }

  private static Optional<Field> field(Class<?> model, String name) {
    return Stream.<Class<?>>iterate(model, Objects::nonNull, Class::getSuperclass)
        .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
        .filter(field -> named(field, name))
        .findFirst();
  }

  private static boolean named(Field field, String name) {
    var property = field.getAnnotation(JsonProperty.class);
    return property != null && property.value().equals(name);
  }

  private static void value(Type type, Object seen, String path, List<String> wrong) {
    if (type instanceof ParameterizedType generic) {
      var inner = generic.getActualTypeArguments();
      switch (seen) {
        case List<?> list when generic.getRawType() == List.class ->
            list.forEach(each -> value(inner[0], each, path + "[]", wrong));
        case Map<?, ?> map when generic.getRawType() == Map.class ->
            map.forEach((key, each) -> value(inner[1], each, path + "." + key, wrong));
        default -> wrong.add("%s is a %s".formatted(path, seen.getClass().getSimpleName()));
      }
      return;
    }
    var model = (Class<?>) type;
    var fits =
        switch (seen) {
          case String _ -> List.of(String.class, Quantity.class, IntOrString.class).contains(model);
          case Integer _ ->
              List.of(Integer.class, Long.class, Quantity.class, IntOrString.class).contains(model);
          case Boolean _ -> model == Boolean.class;
          case Map<?, ?> _ -> model.getPackageName().startsWith("io.fabric8.");
          default -> false;
        };
    if (!fits && model != Object.class && model != AnyType.class) {
      wrong.add("%s is %s and should be a %s".formatted(path, seen, model.getSimpleName()));
    } else if (seen instanceof Map<?, ?> map && model != Object.class) {
      object(model, map, path, wrong);
    }
  }
}
