<?php
function shop_page(string $name): void
{
    if ($name === 'login') {
        require SHOP . '/templates/login.php';
        return;
    }
    $file = SHOP . '/templates/start.php';
    require $file;
}

function shop_mail(): void
{
    require_once dirname(__DIR__) . '/inc/mailer.php';
}

shop_mail();
