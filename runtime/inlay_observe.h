/*
 * inlay_observe.h - log lines, alerts and metrics out of what inlay.h's events tell.
 *
 * Three helpers on top of options->on_event; use one, all, or none.  A program that wants more than
 * one calls them from its own callback:
 *
 *     struct observers {
 *             struct inlay_logger logger;
 *             struct inlay_alerts *alerts;
 *             struct inlay_metrics *metrics;
 *     };
 *
 *     static void on_event(void *context, const struct inlay_event *event)
 *     {
 *             struct observers *observers = context;
 *
 *             inlay_log_event(&observers->logger, event);
 *             inlay_alert_event(observers->alerts, event);
 *             inlay_metrics_event(observers->metrics, event);
 *     }
 *
 * Threads    All functions may be called from several threads at once with the same object.  The
 *            callbacks are called on the thread that has the event, so they may be, too.
 * Output     Nothing is printed: lines and texts go to functions of the application.
 */
#ifndef INLAY_OBSERVE_H
#define INLAY_OBSERVE_H

#include "inlay.h"

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility push(default)
#endif

/* --- Log lines --- */

/* How a line is written. */
enum inlay_log_format {
	INLAY_LOG_LOGFMT = 0, /* level=info event=applied migration=003_add_invoices ... */
	INLAY_LOG_JSON = 1    /* One JSON object a line. */
};

/* Where log lines go.  Begin with inlay_logger_init(). */
struct inlay_logger {
	size_t size;                  /* sizeof(struct inlay_logger): lets the struct grow. */
	enum inlay_log_format format; /* Default INLAY_LOG_LOGFMT. */
	enum inlay_level level;       /* Events below it are left out.  Default INLAY_LEVEL_INFO. */
	/* Gets one line: UTF-8, one line, NUL-terminated, without a line end; line_size bytes
	 * without the NUL, less than 8,192.  Valid until it returns.  Long values are cut at a
	 * character's end.  Without a time: who collects lines has a clock. */
	void (*write)(void *context, const char *line, size_t line_size);
	void *context; /* Handed to write. */
};

/* logfmt, from INLAY_LEVEL_INFO on; `write` is still to be set: without it nothing is written. */
static inline struct inlay_logger inlay_logger_init(void)
{
	struct inlay_logger logger;

	logger.size = sizeof(logger);
	logger.format = INLAY_LOG_LOGFMT;
	logger.level = INLAY_LEVEL_INFO;
	logger.write = NULL;
	logger.context = NULL;
	return logger;
}

/* Writes one line for the event.  `logger` is a struct inlay_logger *, so that the function can be
 * options->on_event itself.  Allocates nothing. */
void inlay_log_event(void *logger, const struct inlay_event *event);

/* "applied", "waiting", ...; "unknown" for any other number.  Static, never NULL. */
const char *inlay_event_name(enum inlay_event_kind kind);

/* "debug", "info", "warning", "error"; "unknown" for any other number.  Static, never NULL. */
const char *inlay_level_name(enum inlay_level level);

/* --- Alerts --- */

/* What an alert is about. */
enum inlay_alert_kind {
	INLAY_ALERT_FAILED = 1,      /* A migration or a rollback failed. */
	INLAY_ALERT_DRIFT = 2,       /* Set and database differ. */
	INLAY_ALERT_LOCK_WAIT = 3,   /* A call has waited longer than lock_wait_ms. */
	INLAY_ALERT_INTERRUPTED = 4, /* A migration stopped half way. */
	INLAY_ALERT_SLOW = 5,        /* A migration took longer than slow_migration_ms. */
	INLAY_ALERT_UNCHECKED = 6    /* A program goes on without knowing its schema. */
};

/* What somebody is to be told of. */
struct inlay_alert {
	size_t size;                /* sizeof(struct inlay_alert) of the library. */
	enum inlay_alert_kind kind; /* What it is about. */
	/* Alerts of this kind and database that were held back since the last one.  When more than
	 * 256 databases have some, those beyond share one count and one limit. */
	uint64_t suppressed_count;
	const struct inlay_event *event; /* What happened; valid until the callback returns. */
	const char *message;             /* For people, one line. */
};

/* When to tell, and whom.  Begin with inlay_alert_options_init(). */
struct inlay_alert_options {
	size_t size;                /* sizeof(struct inlay_alert_options): lets the struct grow. */
	uint32_t lock_wait_ms;      /* Default 10,000. */
	uint32_t slow_migration_ms; /* Default 60,000. */
	/* Of one kind and database at most one alert in this time.  Default 300,000; 0: all. */
	uint32_t interval_ms;
	void (*alert)(void *context, const struct inlay_alert *alert); /* Must be set. */
	void *context;                                                 /* Handed to alert. */
};

/* The defaults; `alert` is still to be set. */
static inline struct inlay_alert_options inlay_alert_options_init(void)
{
	struct inlay_alert_options options;

	options.size = sizeof(options);
	options.lock_wait_ms = 10000;
	options.slow_migration_ms = 60000;
	options.interval_ms = 300000;
	options.alert = NULL;
	options.context = NULL;
	return options;
}

struct inlay_alerts;

/* NULL when memory is out, or options->alert is NULL.  The options are copied.  Give it to
 * inlay_alerts_destroy() when no call that tells it events is under way any more. */
struct inlay_alerts *inlay_alerts_create(const struct inlay_alert_options *options);

/* `alerts` is a struct inlay_alerts *.  Calls options.alert when the event is worth one. */
void inlay_alert_event(void *alerts, const struct inlay_event *event);

/* Frees it.  NULL is a harmless no-op. */
void inlay_alerts_destroy(struct inlay_alerts *alerts);

/* "failed", "drift", ...; "unknown" for any other number.  Static, never NULL. */
const char *inlay_alert_name(enum inlay_alert_kind kind);

/* --- Metrics --- */

struct inlay_metrics;

/* Counters and durations of what the events tell; NULL when memory is out.  Give it to
 * inlay_metrics_destroy() when no call that tells it events is under way any more. */
struct inlay_metrics *inlay_metrics_create(void);

/* `metrics` is a struct inlay_metrics *.  A few atomic additions, and a lock when a database is
 * new; allocates nothing. */
void inlay_metrics_event(void *metrics, const struct inlay_event *event);

/* Hands the metrics, with those of the cache, to `write` in Prometheus' text format 0.0.4, in
 * pieces. */
void inlay_metrics_write(const struct inlay_metrics *metrics,
                         void (*write)(void *context, const char *text, size_t text_size),
                         void *context);

/* Frees it.  NULL is a harmless no-op. */
void inlay_metrics_destroy(struct inlay_metrics *metrics);

#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
