-- Description: who_revoked_a_role
-- Revision ID: 20261122163158
-- Revises: 20261122133940
-- Create Date: 2026-11-22 16:31:58 UTC

-- Modify "user_roles" table
ALTER TABLE `user_roles` ADD COLUMN `revoked_by` bigint NULL, ADD INDEX `ix_user_roles_revoked_by` (`revoked_by`), ADD CONSTRAINT `user_roles_users_revoked_roles` FOREIGN KEY (`revoked_by`) REFERENCES `users` (`id`) ON UPDATE RESTRICT ON DELETE SET NULL;
