/*
 * names.h - keeps the runtime's private names out of the application's.
 *
 * libinlay is linked into programs that have functions of their own called plan_make() or
 * clock_now_ms().  Inside the runtime a name says which file it lives in; in the archive it
 * begins with inlay_private_.  Each private header includes this one first.
 */
#ifndef INLAY_NAMES_H
#define INLAY_NAMES_H

#define apply_migration        inlay_private_apply_migration
#define blame_failure          inlay_private_blame_failure
#define blame_plan             inlay_private_blame_plan
#define blame_reading          inlay_private_blame_reading
#define blame_waiting          inlay_private_blame_waiting
#define call_check_image       inlay_private_call_check_image
#define call_close             inlay_private_call_close
#define call_event             inlay_private_call_event
#define call_find_tracking     inlay_private_call_find_tracking
#define call_open              inlay_private_call_open
#define call_open_without_set  inlay_private_call_open_without_set
#define call_report            inlay_private_call_report
#define clock_now_ms           inlay_private_clock_now_ms
#define clock_sleep_ms         inlay_private_clock_sleep_ms
#define driver_postgres        inlay_private_driver_postgres
#define driver_sqlite          inlay_private_driver_sqlite
#define ensure_run             inlay_private_ensure_run
#define error_reset            inlay_private_error_reset
#define error_set              inlay_private_error_set
#define format_append          inlay_private_format_append
#define format_arguments       inlay_private_format_arguments
#define format_digest          inlay_private_format_digest
#define format_identifier      inlay_private_format_identifier
#define format_into            inlay_private_format_into
#define format_one_line        inlay_private_format_one_line
#define format_position        inlay_private_format_position
#define history_run            inlay_private_history_run
#define image_check            inlay_private_image_check
#define image_check_header     inlay_private_image_check_header
#define image_file_name        inlay_private_image_file_name
#define image_migration_label  inlay_private_image_migration_label
#define image_text             inlay_private_image_text
#define plan_make              inlay_private_plan_make
#define plan_next              inlay_private_plan_next
#define plan_start             inlay_private_plan_start
#define record_add_note        inlay_private_record_add_note
#define record_claim           inlay_private_record_claim
#define record_fail            inlay_private_record_fail
#define record_finish          inlay_private_record_finish
#define record_progress        inlay_private_record_progress
#define record_take_over       inlay_private_record_take_over
#define script_begins_with     inlay_private_script_begins_with
#define script_create          inlay_private_script_create
#define settings_destroy       inlay_private_settings_destroy
#define settings_read          inlay_private_settings_read
#define settings_restore       inlay_private_settings_restore
#define settings_take_role     inlay_private_settings_take_role
#define setup_is_one           inlay_private_setup_is_one
#define status_run             inlay_private_status_run
#define tracking_add_parameter inlay_private_tracking_add_parameter
#define tracking_at_head       inlay_private_tracking_at_head
#define tracking_create        inlay_private_tracking_create
#define tracking_find          inlay_private_tracking_find
#define tracking_history       inlay_private_tracking_history
#define tracking_init          inlay_private_tracking_init
#define tracking_number        inlay_private_tracking_number
#define tracking_read          inlay_private_tracking_read
#define tracking_rows_destroy  inlay_private_tracking_rows_destroy
#define tracking_run           inlay_private_tracking_run

#endif
