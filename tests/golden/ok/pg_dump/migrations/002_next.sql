ALTER TABLE billing.invoice ADD COLUMN paid_at timestamptz;
