-- atlas:nolint index-blocks-writes

-- Description: who_revoked_a_role
-- Revision ID: 20261122163158
-- Revises: 20261122133940
-- Create Date: 2026-11-22 16:31:58 UTC
-- Risk: locking: while index ix_user_roles_revoked_by is built, nobody can write to user_roles

-- Modify "user_roles" table
ALTER TABLE "user_roles" ADD COLUMN "revoked_by" bigint NULL, ADD CONSTRAINT "user_roles_users_revoked_roles" FOREIGN KEY ("revoked_by") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE SET NULL;
-- Create index "ix_user_roles_revoked_by" to table: "user_roles"
CREATE INDEX "ix_user_roles_revoked_by" ON "user_roles" ("revoked_by");
