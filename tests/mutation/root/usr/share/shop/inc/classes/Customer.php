<?php
class Customer
{
    const VIEWS = SHOP . "/templates";
    public function show(): void
    {
        require self::VIEWS . "/customer.php";
    }
}
