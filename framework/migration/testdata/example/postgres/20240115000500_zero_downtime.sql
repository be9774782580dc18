-- Description: Phase 1: add the new column, nullable
-- Revision ID: 20240115000500
-- Revises: 20240115000400
-- Create Date: 2024-01-15 00:05:00 UTC

-- Both programs, the old and the new one, work with it: nobody has to fill it.
ALTER TABLE users ADD COLUMN new_email_format varchar(320) NULL;
