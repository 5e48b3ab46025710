// Contacts: the people of a tenant.
#include <algorithm>

#include "api/change.hpp"
#include "api/named_row.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "audience/mapping.hpp"
#include "base/text.hpp"
#include "domain/email.hpp"
#include "domain/phone.hpp"
#include "store/contacts.hpp"

namespace dakiya::api {

namespace {

Json to_json(const store::Contact& contact) {
    Json tags = Json::array();
    for (const std::string& tag : contact.tags) tags.push_back(tag);
    return Json{{"id", format_id(prefix::contact, contact.id)},
                {"phone", contact.phone.empty() ? Json() : Json(contact.phone)},
                {"email", contact.email.empty() ? Json() : Json(contact.email)},
                {"name", contact.name},
                {"attributes", Json::parse(contact.attributes)},
                {"tags", std::move(tags)},
                {"created_at", contact.created_at},
                {"updated_at", contact.updated_at}};
}

Result<std::string> phone_of(const std::string& text, const Caller& caller) {
    auto phone = domain::to_e164(text, caller.country);
    if (!phone) return invalid("phone", phone.error().text);
    return phone;
}

Result<std::string> email_of(const std::string& text) {
    auto email = domain::to_email(text);
    if (!email) return invalid("email", email.error().text);
    return email;
}

Result<void> apply_attributes(const Json& change, store::Contact& contact) {
    Json attributes = Json::parse(contact.attributes);
    for (const auto& [name, value] : change.members()) {
        const std::string field = "attributes." + name;
        if (!audience::is_attribute_name(name))
            return invalid(field, "an attribute's name has 1 to 64 bytes and no {, } or |");
        if (value.is_null())
            attributes.erase(name);
        else if (!value.is_string() || value.text().size() > audience::attribute_bytes)
            return invalid(field, "an attribute is a text of at most 1,000 bytes, or null to take it away");
        else
            attributes.set(name, value);
    }
    if (attributes.size() > audience::attributes_most)
        return invalid("attributes", "a contact has at most 100 attributes");
    contact.attributes = attributes.dump();
    if (contact.attributes.size() > 60'000)
        return invalid("attributes", "the attributes have more than 60,000 bytes together");
    return {};
}

Result<void> apply_tags(const Json& tags, store::Contact& contact) {
    contact.tags.clear();
    for (const Json& tag : tags) {
        if (!audience::is_tag(tag.text()))
            return invalid("tags", "a tag is a text of 1 to 64 bytes without commas");
        contact.tags.push_back(tag.text());
    }
    std::sort(contact.tags.begin(), contact.tags.end());
    contact.tags.erase(std::unique(contact.tags.begin(), contact.tags.end()), contact.tags.end());
    return {};
}

// Lays the body over the contact: what is left out stays, null takes away.
Result<void> apply(const Json& body, const Caller& caller, store::Contact& contact) {
    if (const Json* phone = body.find("phone")) {
        contact.phone.clear();
        if (!phone->is_null()) {
            auto number = phone_of(phone->text(), caller);
            if (!number) return number.error();
            contact.phone = *std::move(number);
        }
    }
    if (const Json* email = body.find("email")) {
        contact.email.clear();
        if (!email->is_null()) {
            auto address = email_of(email->text());
            if (!address) return address.error();
            contact.email = *std::move(address);
        }
    }
    if (const Json* name = body.find("name")) contact.name = name->text();
    if (contact.name.size() > 190) return invalid("name", "the name has more than 190 bytes");
    if (contact.phone.empty() && contact.email.empty())
        return invalid("phone", "a contact needs a phone number or an e-mail address");
    if (const Json* attributes = body.find("attributes"))
        if (auto applied = apply_attributes(*attributes, contact); !applied) return applied;
    if (const Json* tags = body.find("tags")) return apply_tags(*tags, contact);
    return {};
}

Result<void> refuse_clash(store::Session& session, store::Scope scope, const store::Contact& contact) {
    const std::string_view field = store::contacts::clash(session, scope, contact);
    if (field.empty()) return {};
    return Error{
        Code::conflict,
        "another contact has this " + std::string(field == "phone" ? "phone number" : "e-mail address"),
        std::string(field)};
}

Result<Response> create(Services& services, Call& call) {
    store::Contact contact;
    if (auto applied = apply(call.body, call.caller, contact); !applied) return applied.error();
    contact.id = services.ids.next();
    contact.tenant = call.caller.scope.tenant;
    contact.created_at = contact.updated_at = services.clock.now_ms();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        if (auto free = refuse_clash(session, call.caller.scope, contact); !free) return free;
        store::contacts::create(session, contact);
        return {};
    });
    if (!written) return written.error();
    return json_response(201, to_json(contact));
}

Result<Response> update(Services& services, Call& call) {
    auto id = call.id("contact", prefix::contact);
    if (!id) return id.error();
    const std::int64_t now = services.clock.now_ms();
    store::Contact contact;
    // Read and written in one unit, so that two changes at once do not undo each other.
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        auto found = store::contacts::find(session, call.caller.scope, *id);
        if (!found) return no_such("contact", call.param("contact"));
        contact = *std::move(found);
        if (auto applied = apply(call.body, call.caller, contact); !applied) return applied;
        if (auto free = refuse_clash(session, call.caller.scope, contact); !free) return free;
        store::contacts::update(session, contact, now);
        return {};
    });
    if (!written) return written.error();
    contact.updated_at = now;
    return json_response(200, to_json(contact));
}

Result<Response> read(Services& services, Call& call) {
    const auto contact = named_row(services, call, "contact", prefix::contact, store::contacts::find);
    if (!contact) return contact.error();
    return json_response(200, to_json(*contact));
}

Result<Response> remove(Services& services, Call& call) {
    auto id = call.id("contact", prefix::contact);
    if (!id) return id.error();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        if (!store::contacts::remove(session, call.caller.scope, *id))
            return no_such("contact", call.param("contact"));
        audit(session, call, services, "contact.delete", call.param("contact"));
        return {};
    });
    if (!written) return written.error();
    return Response{204, {}, {}, {}};
}

// By phone or e-mail there is at most one; by tag, or all, in pages.
Result<Response> browse(Services& services, Call& call) {
    const auto page = page_of(call.query);
    if (!page) return page.error();
    const store::Scope scope = call.caller.scope;
    std::vector<store::Contact> rows;
    if (call.query.contains("phone") || call.query.contains("email")) {
        const bool by_phone = call.query.contains("phone");
        auto address = by_phone ? phone_of(call.query.at("phone").text(), call.caller)
                                : email_of(call.query.at("email").text());
        if (!address) return invalid("query." + address.error().field, address.error().text);
        auto found = services.db.read([&](store::Session& session) {
            return by_phone ? store::contacts::find_by_phone(session, scope, *address)
                            : store::contacts::find_by_email(session, scope, *address);
        });
        if (found) rows.push_back(*std::move(found));
    } else {
        store::ContactFilter filter;
        if (call.query.contains("tag")) filter.tags.push_back(call.query.at("tag").text());
        rows = services.db.read([&](store::Session& session) {
            return store::contacts::list(session, scope, filter, page->from, page->limit + 1);
        });
    }
    return json_response(200, page_json(
                                  *page, rows, [](const auto& row) { return to_json(row); }, by_id));
}

Json answer_schema() {
    using namespace schema;
    const Json time = described(integer(0, INT64_MAX), "Unix milliseconds");
    return object({{"id", text(20)},
                   {"phone", nullable(described(text(20), "E.164"))},
                   {"email", nullable(text(190))},
                   {"name", text(190)},
                   {"attributes", texts()},
                   {"tags", schema::list(text(64), 50)},
                   {"created_at", time},
                   {"updated_at", time}});
}

}  // namespace

Routes contact_routes(Services& services) {
    using namespace schema;
    const Json body = object(
        {{"phone", nullable(described(text(40), "Any spelling; the tenant's country for national numbers"))},
         {"email", nullable(text(190))},
         {"name", text(190)},
         {"attributes", described(any_object(), "Texts by name; null takes one away")},
         {"tags", schema::list(text(64, 1), 50)}});

    Route creates{"POST",          "/v1/contacts",   Permission::manage,
                  "createContact", "Adds a person.", bound(services, create)};
    creates.body_kind = BodyKind::json;
    creates.body = body;
    creates.status = 201;
    creates.answer = answer_schema();

    Route lists{"GET",
                "/v1/contacts",
                Permission::read,
                "listContacts",
                "Lists people, newest first.",
                bound(services, browse)};
    lists.query = page_query({{"tag", text(64, 1)}, {"phone", text(40, 1)}, {"email", text(190, 1)}});
    lists.answer = page(answer_schema());

    Route reads{"GET",        "/v1/contacts/{contact}", Permission::read,
                "getContact", "Reads a person.",        bound(services, read)};
    reads.answer = answer_schema();

    Route updates{"PATCH",
                  "/v1/contacts/{contact}",
                  Permission::manage,
                  "updateContact",
                  "Changes a person; what is left out stays.",
                  bound(services, update)};
    updates.body_kind = BodyKind::json;
    updates.body = body;
    updates.answer = answer_schema();

    Route removes{"DELETE",        "/v1/contacts/{contact}", Permission::manage,
                  "deleteContact", "Removes a person.",      bound(services, remove)};
    removes.status = 204;
    return {std::move(creates), std::move(lists), std::move(reads), std::move(updates), std::move(removes)};
}

}  // namespace dakiya::api
