#include "app/cli/commands.hpp"

int main(int argc, char** argv) { return dakiya::app::run(argc, argv); }
