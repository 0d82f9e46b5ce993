package maildrift.monitor.web;

import java.util.Optional;
import java.util.stream.Collectors;
import maildrift.monitor.digest.DigestJson;
import maildrift.monitor.digest.Written;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import maildrift.probes.domain.Tenant;

/**
 * {@code /api/v1/digest}: a tenant's digest as it would be made now, and one besides the schedule.
 */
final class DigestApi {
  private final Backend backend;

  DigestApi(Backend backend) {
    this.backend = backend;
  }

  /** {@code GET /api/v1/digest?tenant=T}. */
  Answer preview(Request request) {
    return Answer.json(DigestJson.of(written(request)));
  }

  /** {@code POST /api/v1/digest/send?tenant=T}. */
  Answer send(Request request) {
    var written = written(request);
    var receiver =
        backend
            .digests()
            .send(written.tenant())
            .orElseThrow(
                () ->
                    Refusal.conflict(
                        "nobody would get the digest of "
                            + named(written.tenant())
                            + "; write alerts.digest"));
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("tenant", written.tenant());
              json.writeStringProperty("receiver", receiver);
              json.writeStringProperty("subject", written.subject());
              json.writeEndObject();
            }));
  }

  /** Of the only tenant there is, where none is named. */
  private Written written(Request request) {
    var tenants = backend.digests().tenants().stream().map(Tenant::id).toList();
    var named = Optional.ofNullable(request.query().get("tenant"));
    if (named.isEmpty() && tenants.size() != 1) {
      throw Refusal.badRequest(
          "name a tenant; there are "
              + tenants.stream().map(DigestApi::named).collect(Collectors.joining(", ")));
    }
    var tenant = named.orElseGet(tenants::getFirst);
    return backend
        .digests()
        .preview(tenant)
        .orElseThrow(() -> Refusal.notFound("no domain has the tenant " + named(tenant)));
  }

  private static String named(String tenant) {
    return tenant.isEmpty() ? "\"\" (domains without a tenant)" : tenant;
  }
}
