#include "customers.hpp"

namespace blackbox {

namespace {

std::string local_number(int i) { return std::to_string(9'810'000'000 + i); }

// The same Indian number as people write it.
std::string spelling(const std::string& local, int i) {
    switch (i % 5) {
        case 0:
            return local;
        case 1:
            return "+91" + local;
        case 2:
            return "0" + local;
        case 3:
            return "+91 " + local.substr(0, 5) + ' ' + local.substr(5);
        default:
            return "\"" + local.substr(0, 5) + "-" + local.substr(5) + '"';
    }
}

std::string name_of(int i) {
    switch (i % 4) {
        case 0:
            return "Asha " + std::to_string(i);
        case 1:
            return "आशा " + std::to_string(i);
        case 2:
            return "O'Neill, " + std::to_string(i);
        default:
            return "Ana \"" + std::to_string(i) + '"';
    }
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

// Takes lines down with the number that an editor shows.
class Writer {
public:
    explicit Writer(CustomerFile& file) : file_(file) { add("Mobile No.,Full Name,Order,E-mail,Note"); }

    void good(int i) {
        const Person person{name_of(i), "ORD-" + std::to_string(i)};
        file_.people["+91" + local_number(i)] = person;
        const std::string note = i % 50 == 7 ? "\"rings\ntwice\"" : "";
        add(spelling(local_number(i), i) + ',' + quoted(person.name) + ',' + person.order + ",," + note);
    }

    void bad(int kind, int i) {
        const std::string number = std::to_string(9'820'000'000 + i);
        const auto refuse = [&](const std::string& reason, const std::string& line) {
            file_.bad[line_] = reason;
            add(line);
        };
        switch (kind) {
            case 0:
                return refuse("missing_phone", ",Nobody,ORD-x,,");
            case 1:
                return refuse("invalid_phone", "call me,Vera,ORD-x,,");
            case 2:
                return refuse("invalid_phone", "98123,Short,ORD-x,,");
            case 3:
                return refuse("invalid_phone", number + "123456,Long,ORD-x,,");
            case 4:  // the first good line, in another spelling
                return refuse("duplicate_in_file", "+91-" + local_number(0) + ",Twin,ORD-x,,");
            case 5:
                return refuse("bad_utf8", number + ",Jos\xe9,ORD-x,,");
            case 6:
                return refuse("wrong_columns", number + ",Two many,ORD-x,,,,");
            case 7:
                return refuse("too_long", number + ',' + std::string(191, 'x') + ",ORD-x,,");
            case 8:
                return refuse("invalid_email", number + ",Mail,ORD-x,mail@,");
            default:
                return refuse("broken_line", number + ",\"Quote\" left,ORD-x,,");
        }
    }

private:
    void add(const std::string& record) {
        file_.csv += record + "\r\n";
        for (const char c : record) line_ += c == '\n' ? 1 : 0;
        ++line_;
    }

    CustomerFile& file_;
    std::int64_t line_ = 1;
};

}  // namespace

CustomerFile make_customers(int good, int bad_of_each_kind) {
    CustomerFile file;
    Writer writer(file);
    const int bad = bad_of_each_kind * bad_kinds;
    for (int i = 0, done = 0; i < good; ++i) {
        writer.good(i);
        for (; done < bad && (done + 1) * static_cast<std::int64_t>(good) <= (i + 1) * std::int64_t{bad};
             ++done)
            writer.bad(done % bad_kinds, done);
    }
    return file;
}

}  // namespace blackbox
