// A Postfix of our own: its configuration, queue and log in a folder, one port of 127.0.0.1. Mail for
// @ok.example is kept in the folder, for @gone.example refused at once, for @bounce.example accepted and
// bounced later; what comes for @shop.example is piped to a command, as a mailbox of bounces is.
#pragma once

#include <filesystem>
#include <string>

namespace blackbox {

class Postfix {
public:
    // Empty when this machine can run one, else why not: no package, or not root.
    static std::string missing();

    // hook: a shell command that gets each mail for @shop.example on its standard input.
    Postfix(std::filesystem::path folder, const std::string& hook);
    ~Postfix();
    Postfix(const Postfix&) = delete;
    Postfix& operator=(const Postfix&) = delete;

    int port() const { return port_; }
    std::size_t kept() const;  // mails for @ok.example
    std::string log() const;

private:
    void command(const std::string& word) const;
    void shell(const std::string& line) const;

    std::filesystem::path folder_;
    int port_;
};

}  // namespace blackbox
