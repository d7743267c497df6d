/* version.h - `inlay --version`. */
#ifndef INLAY_VERSION_H
#define INLAY_VERSION_H

/* The version, and below it what answers depend on: the libraries it was built with. */
void version_print(void);

#endif
