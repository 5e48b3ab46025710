#include "send/connections.hpp"

#include "send/redacted.hpp"

namespace dakiya::send {

namespace {

std::string without_token(const std::string& public_url, const store::Connection& row) {
    return public_url + "/webhooks/" + row.provider + "/" + format_id(prefix::connection, row.id);
}

// What goes with the messages. People may see it, so a plugin that can verify a request gets it without the
// secret.
std::string callback_address(const std::string& public_url, const store::Connection& row,
                             const plugin::Manifest& manifest) {
    if (manifest.webhook_auth != "path_or_signature") return webhook_address(public_url, row, manifest);
    return public_url.empty() ? std::string() : without_token(public_url, row);
}

}  // namespace

std::string webhook_address(const std::string& public_url, const store::Connection& row,
                            const plugin::Manifest& manifest) {
    if (public_url.empty() || !manifest.has_webhook) return {};
    std::string address = without_token(public_url, row);
    if (plugin::has_path_token(manifest)) address += "/" + row.webhook_token;
    return address;
}

Result<Json> Connections::settings_of(const store::Connection& row) {
    Json settings = Json::parse(row.settings);
    std::vector<net::Redactor::Handle> handles;
    const Json secrets = Json::parse(row.secrets);
    for (const auto& [field, sealed] : secrets.members()) {
        auto text = parts_.vault.open({row.tenant, "connections", field, row.id}, sealed.text());
        if (!text)
            return Error{Code::unavailable,
                         "the secret \"" + field + "\" of this connection cannot be opened (" +
                             text.error().text + "); enter it again",
                         field};
        handles.push_back(parts_.redactor.add(*text));
        settings.set(field, std::move(*text));
    }
    auto complete = with_environment(row, std::move(settings), handles);
    if (!complete) return complete.error();
    const std::lock_guard lock(mutex_);
    secrets_[row.id] = std::move(handles);
    return complete;
}

Result<Json> Connections::with_environment(const store::Connection& row, Json settings,
                                           std::vector<net::Redactor::Handle>& handles) const {
    const auto provider = parts_.registry.find(row.provider);
    if (!provider) return settings;  // the registry says so
    const plugin::Manifest& manifest = provider->manifest();
    const auto added = parts_.environment.fields(manifest, settings);
    auto filled = parts_.environment.filled(manifest, std::move(settings));
    if (!filled) return filled.error();
    for (const std::string& field : added)
        if (manifest.settings["properties"][field].value("x-secret", false))
            handles.push_back(parts_.redactor.add((*filled)[field].text()));
    return filled;
}

Result<OpenConnection> Connections::open_row(const store::Connection& row) {
    auto opened =
        parts_.registry.connection(row.id, row.version, row.provider, [&] { return settings_of(row); });
    if (!opened) return opened.error();
    OpenConnection connection;
    connection.id = row.id;
    connection.tenant = row.tenant;
    connection.version = row.version;
    connection.provider = row.provider;
    connection.settings = Json::parse(row.settings);
    connection.webhook = callback_address(parts_.public_url, row, (*opened)->manifest());
    connection.plugin = redacted(std::move(*opened), parts_.redactor);
    return connection;
}

Result<OpenConnection> Connections::open_any(store::Scope scope, Id id) {
    const auto row =
        parts_.db.read([&](store::Session& session) { return store::connections::find(session, scope, id); });
    if (!row) return Error{Code::not_found, "there is no such connection", "connection"};
    return open_row(*row);
}

Result<OpenConnection> Connections::open(store::Scope scope, Id id) {
    const auto row =
        parts_.db.read([&](store::Session& session) { return store::connections::find(session, scope, id); });
    if (!row) return Error{Code::not_found, "there is no such connection", "connection"};
    if (row->state != store::connection_state::enabled)
        return Error{
            Code::conflict,
            "the connection \"" + row->name + "\" " +
                (row->state == store::connection_state::disabled ? "is disabled" : "needs attention") +
                (row->state_text.empty() ? "" : ": " + row->state_text),
            "connection"};
    return open_row(*row);
}

namespace {

security::Place place_of(const store::Message& message) {
    return {message.tenant, "messages", "params", message.id};
}

}  // namespace

Result<std::string> Connections::seal_params(const store::Message& message) {
    auto sealed = parts_.vault.seal(place_of(message), message.params);
    if (!sealed) return sealed.error();
    return Json{{"sealed", *std::move(sealed)}}.dump();
}

Result<void> Connections::open_params(store::Message& message) {
    auto clear = parts_.vault.open(place_of(message), Json::parse(message.params).value("sealed", ""));
    if (!clear) return Error{Code::unavailable, "its code cannot be opened: " + clear.error().text, ""};
    message.params = *std::move(clear);
    return {};
}

void Connections::forget(Id id) {
    parts_.registry.forget(id);
    const std::lock_guard lock(mutex_);
    secrets_.erase(id);
}

}  // namespace dakiya::send
